/* Dates in names: the patterns of the reference on dates, and the numbers that only look like them. */
#include "media/names.h"

#include "tap.h"

#define NOW 1795305600 /* 2026-11-22T00:00:00Z */

static const struct {
	const char *path, *want; /* NULL: no date */
	enum media_basis basis;
} names[] = {
    /* YYYYMMDD[_-]HHMMSS[mmm] */
    {"IMG_20220101_101112.jpg", "2022-01-01T10:11:12", MEDIA_BASIS_LOCAL},
    {"VID_20220101_101112.mp4", "2022-01-01T10:11:12", MEDIA_BASIS_LOCAL},
    {"MVIMG_20220101_101112.jpg", "2022-01-01T10:11:12", MEDIA_BASIS_LOCAL},
    {"20220101_101112_001.jpg", "2022-01-01T10:11:12", MEDIA_BASIS_LOCAL},
    {"20220101_101112(0).jpg", "2022-01-01T10:11:12", MEDIA_BASIS_LOCAL},
    {"20220101-101112.jpg", "2022-01-01T10:11:12", MEDIA_BASIS_LOCAL},
    {"2022_0101_101112_001.MP4", "2022-01-01T10:11:12", MEDIA_BASIS_LOCAL},
    {"2022_0101_101112F.MOV", "2022-01-01T10:11:12", MEDIA_BASIS_LOCAL},
    {"2022_0101_106112_001.MP4", NULL, 0},
    {"2022_0101_001.JPG", NULL, 0},
    {"2022_1301_101112_001.MP4", NULL, 0},
    {"IMG_20220101_241112.jpg", "2022-01-01T00:11:12", MEDIA_BASIS_LOCAL},
    {"DJI_20220101241112_0001_D.JPG", "2022-01-01T00:11:12", MEDIA_BASIS_LOCAL},
    {"IMG_20220101_251112.jpg", "2022-01-01", MEDIA_BASIS_LOCAL},
    {"IMG_٢٠٢٢٠١٠١_١٠١١١٢.jpg", "2022-01-01T10:11:12", MEDIA_BASIS_LOCAL},
    {"Screenshot_۲۰۲۲-۰۱-۰۱-۱۰-۱۱-۱۲.png", "2022-01-01T10:11:12", MEDIA_BASIS_LOCAL},
    {"20220101-101112345.jpg", "2022-01-01T10:11:12.345", MEDIA_BASIS_LOCAL},
    {"DJI_20220101101112_0001_D.JPG", "2022-01-01T10:11:12", MEDIA_BASIS_LOCAL},
    {"VID_20220101_101112_00_001.insv", "2022-01-01T10:11:12", MEDIA_BASIS_LOCAL},
    {"19810101_101112.jpg", "1981-01-01T10:11:12", MEDIA_BASIS_LOCAL},
    {"20261123_000000.jpg", "2026-11-23T00:00:00", MEDIA_BASIS_LOCAL},
    {"IMG_20220101_101112345.jpg", "2022-01-01T10:11:12.345", MEDIA_BASIS_LOCAL},
    {"IMG_20220101_101112345_HDR.jpg", "2022-01-01T10:11:12.345", MEDIA_BASIS_LOCAL},
    {"IMG_20170101_101112_BURST001_COVER.jpg", "2017-01-01T10:11:12", MEDIA_BASIS_LOCAL},
    {"Screenshot_20220101-101112_Chrome.png", "2022-01-01T10:11:12", MEDIA_BASIS_LOCAL},
    {"20220101T101112.jpg", "2022-01-01T10:11:12", MEDIA_BASIS_LOCAL},
    {"20220101 101112.jpg", "2022-01-01T10:11:12", MEDIA_BASIS_LOCAL},
    {"IMG_20220101_101112", "2022-01-01T10:11:12", MEDIA_BASIS_LOCAL},
    {"/card/DCIM/IMG_20220101_101112.jpg", "2022-01-01T10:11:12", MEDIA_BASIS_LOCAL},
    {"2019-05-06/IMG_20220101_101112.jpg", "2022-01-01T10:11:12", MEDIA_BASIS_LOCAL},
    {"\xff\xfe_20220101_101112\xff.jpg", "2022-01-01T10:11:12", MEDIA_BASIS_LOCAL},
    /* Pixel: UTC */
    {"PXL_20220101_101112345.jpg", "2022-01-01T10:11:12.345Z", MEDIA_BASIS_UTC},
    {"PXL_20220101_101112345.MP.jpg", "2022-01-01T10:11:12.345Z", MEDIA_BASIS_UTC},
    {"PXL_20220101_101112345.NIGHT.jpg", "2022-01-01T10:11:12.345Z", MEDIA_BASIS_UTC},
    {"PXL_20220101_101112345.PORTRAIT.jpg", "2022-01-01T10:11:12.345Z", MEDIA_BASIS_UTC},
    {"PXL_20220101_101112345.RAW-01.COVER.jpg", "2022-01-01T10:11:12.345Z", MEDIA_BASIS_UTC},
    {"PXL_20220101_101112345.LONG_EXPOSURE-02.ORIGINAL.jpg", "2022-01-01T10:11:12.345Z", MEDIA_BASIS_UTC},
    {"PXL_20220101_101112345~2.jpg", "2022-01-01T10:11:12.345Z", MEDIA_BASIS_UTC},
    {"PXL_20220101_101112.jpg", "2022-01-01T10:11:12Z", MEDIA_BASIS_UTC},
    {"PXL_20220101.jpg", "2022-01-01", MEDIA_BASIS_LOCAL},
    {"PXL_20220101_101112+0200.jpg", "2022-01-01T10:11:12+02:00", MEDIA_BASIS_ZONED},
    /* Separators everywhere */
    {"signal-2022-12-17-15-16-04-718-2.jpg", "2022-12-17T15:16:04", MEDIA_BASIS_LOCAL},
    {"signal-2022-12-17-15-16-04-718.jpg", "2022-12-17T15:16:04", MEDIA_BASIS_LOCAL},
    {"PHOTO-2026-07-02-15-15-31-1.jpg", "2026-07-02T15:15:31", MEDIA_BASIS_LOCAL},
    {"signal-2020-10-26-163832.jpg", "2020-10-26T16:38:32", MEDIA_BASIS_LOCAL},
    {"signal-2020-10-26-163832-1.jpg", "2020-10-26T16:38:32", MEDIA_BASIS_LOCAL},
    {"2014-08-25_17.15.33.jpg", "2014-08-25T17:15:33", MEDIA_BASIS_LOCAL},
    {"2014-08-25 17.15.33.jpg", "2014-08-25T17:15:33", MEDIA_BASIS_LOCAL},
    {"2014-08-25 17:15:33.jpg", "2014-08-25T17:15:33", MEDIA_BASIS_LOCAL},
    {"2014_08_25_17_15_33.jpg", "2014-08-25T17:15:33", MEDIA_BASIS_LOCAL},
    {"1979-08-25_17.15.33.jpg", "1979-08-25T17:15:33", MEDIA_BASIS_LOCAL},
    {"1904-01-01_00.00.01.jpg", "1904-01-01T00:00:01", MEDIA_BASIS_LOCAL},
    {"WhatsApp Image 2026-08-31 at 15.41.14.jpeg", "2026-08-31T15:41:14", MEDIA_BASIS_LOCAL},
    {"WhatsApp Image 2026-08-31 at 15.41.14 (1).jpeg", "2026-08-31T15:41:14", MEDIA_BASIS_LOCAL},
    {"WhatsApp_Image_2026-08-31_at_15.41.14.jpeg", "2026-08-31T15:41:14", MEDIA_BASIS_LOCAL},
    {"Screenshot from 2022-12-17 19-45-43.png", "2022-12-17T19:45:43", MEDIA_BASIS_LOCAL},
    /* 12 hours */
    {"Screenshot 2022-02-23 at 2.59.39 PM.png", "2022-02-23T14:59:39", MEDIA_BASIS_LOCAL},
    {"Screenshot 2022-02-23 at 2.59.39\xe2\x80\xafPM.png", "2022-02-23T14:59:39", MEDIA_BASIS_LOCAL},
    {"Screenshot 2022-02-23 at 2.59.39\xc2\xa0PM.png", "2022-02-23T14:59:39", MEDIA_BASIS_LOCAL},
    {"Screenshot 2022-02-23 at 2.59.39 AM.png", "2022-02-23T02:59:39", MEDIA_BASIS_LOCAL},
    {"Screenshot 2022-02-23 at 12.59.39 AM.png", "2022-02-23T00:59:39", MEDIA_BASIS_LOCAL},
    {"Screenshot 2022-02-23 at 12.59.39 PM.png", "2022-02-23T12:59:39", MEDIA_BASIS_LOCAL},
    {"Screenshot 2022-02-23 at 11.59.39 pm.png", "2022-02-23T23:59:39", MEDIA_BASIS_LOCAL},
    {"WhatsApp Image 2022-02-23 at 2.59.39 PM (2).jpeg", "2022-02-23T14:59:39", MEDIA_BASIS_LOCAL},
    {"Screenshot 2022-02-23 at 13.59.39 PM.png", "2022-02-23", MEDIA_BASIS_LOCAL},
    {"Screenshot 2022-02-23 at 0.59.39 AM.png", "2022-02-23", MEDIA_BASIS_LOCAL},
    {"Screenshot 2022-02-23 at 2.59.39.png", "2022-02-23", MEDIA_BASIS_LOCAL},
    {"Screenshot 2022-02-23 at 10.59.39 Pmodel.png", "2022-02-23T10:59:39", MEDIA_BASIS_LOCAL},
    /* 14, 17 and more digits */
    {"00100lPORTRAIT_00100_BURST20180126114752100_COVER.jpg", "2018-01-26T11:47:52.100", MEDIA_BASIS_LOCAL},
    {"DSC_0001_BURST20180709123456789.JPG", "2018-07-09T12:34:56.789", MEDIA_BASIS_LOCAL},
    {"DSC_0001_BURST20180709123456789012.JPG", "2018-07-09T12:34:56.789", MEDIA_BASIS_LOCAL},
    {"IMG20180709123456.jpg", "2018-07-09T12:34:56", MEDIA_BASIS_LOCAL},
    {"20180709123456.jpg", "2018-07-09T12:34:56", MEDIA_BASIS_LOCAL},
    /* A day alone */
    {"IMG-20220101-WA0001.jpg", "2022-01-01", MEDIA_BASIS_LOCAL},
    {"VID-20220101-WA0012.mp4", "2022-01-01", MEDIA_BASIS_LOCAL},
    {"2022-01-01_1b4e28ba-2fa1-11d2-883f-0016d3cca427.jpg", "2022-01-01", MEDIA_BASIS_LOCAL},
    {"2022.01.01.jpg", "2022-01-01", MEDIA_BASIS_LOCAL},
    {"1911-06-22 coronation.tif", "1911-06-22", MEDIA_BASIS_LOCAL},
    {"20220101.jpg", "2022-01-01", MEDIA_BASIS_LOCAL},
    {"20220101a.jpg", "2022-01-01", MEDIA_BASIS_LOCAL},
    {"20220101_0001.jpg", "2022-01-01", MEDIA_BASIS_LOCAL},
    {"20220101_251112.jpg", "2022-01-01", MEDIA_BASIS_LOCAL},
    {"20220101_101160.jpg", "2022-01-01", MEDIA_BASIS_LOCAL},
    {"2022-01-01 or 2023-02-02.jpg", "2022-01-01", MEDIA_BASIS_LOCAL},
    {"20220101_106012.jpg", "2022-01-01", MEDIA_BASIS_LOCAL},
    {"20220101_1011123.jpg", "2022-01-01", MEDIA_BASIS_LOCAL},
    {"2022-01-01-15-16.jpg", "2022-01-01", MEDIA_BASIS_LOCAL},
    {"2020-05-05 scan of 20220101_101112.jpg", "2022-01-01T10:11:12", MEDIA_BASIS_LOCAL},
    /* An offset */
    {"Bebop2_20160101T101112+0200.jpg", "2016-01-01T10:11:12+02:00", MEDIA_BASIS_ZONED},
    {"Bebop2_2016-10-30T155413+0200_F1B35C.jpg", "2016-10-30T15:54:13+02:00", MEDIA_BASIS_ZONED},
    {"Bebop2_2016-10-30T155413-0330_F1B35C.jpg", "2016-10-30T15:54:13-03:30", MEDIA_BASIS_ZONED},
    {"Bebop2_20160101101112+0200.jpg", "2016-01-01T10:11:12+02:00", MEDIA_BASIS_ZONED},
    {"20160101T101112Z.jpg", "2016-01-01T10:11:12Z", MEDIA_BASIS_UTC},
    {"20160101_101112-0001.jpg", "2016-01-01T10:11:12", MEDIA_BASIS_LOCAL},
    {"20160101T101112+9900.jpg", "2016-01-01T10:11:12", MEDIA_BASIS_LOCAL},
    {"20160101T101112+02000.jpg", "2016-01-01T10:11:12", MEDIA_BASIS_LOCAL},
    {"2020-05-01T10_11_12.345Z.jpg", "2020-05-01T10:11:12.345Z", MEDIA_BASIS_UTC},
    {"2020-05-01T10-11-12-345Z.jpg", "2020-05-01T10:11:12.345Z", MEDIA_BASIS_UTC},
    {"2020-05-01T10:11:12.5.jpg", "2020-05-01T10:11:12.5", MEDIA_BASIS_LOCAL},
    {"2020-05-01T10_11_12Z.jpg", "2020-05-01T10:11:12Z", MEDIA_BASIS_UTC},
    {"2020-05-01T10_11_12.345+0200.jpg", "2020-05-01T10:11:12.345+02:00", MEDIA_BASIS_ZONED},
    {"2020-05-01T10_11_12+02_00.jpg", "2020-05-01T10:11:12+02:00", MEDIA_BASIS_ZONED},
    {"2020-05-01T10-11-12-03-30.jpg", "2020-05-01T10:11:12-03:30", MEDIA_BASIS_ZONED},
    {"20200501T101112.345Z.jpg", "2020-05-01T10:11:12.345Z", MEDIA_BASIS_UTC},
    {"2020-05-01T10_11_12-1.jpg", "2020-05-01T10:11:12", MEDIA_BASIS_LOCAL},
    {"2020-05-01T10_11_12+0060.jpg", "2020-05-01T10:11:12", MEDIA_BASIS_LOCAL},
    {"2020-05-01T10_11_12+0120.jpg", "2020-05-01T10:11:12", MEDIA_BASIS_LOCAL},
    {"2020-05-01T10_11_12+1430.jpg", "2020-05-01T10:11:12", MEDIA_BASIS_LOCAL},
    {"2014-08-25_17.15.33.1.jpg", "2014-08-25T17:15:33", MEDIA_BASIS_LOCAL},
    /* Since 1970 */
    {"BURST1629876543210.jpg", "2021-08-25T07:29:03.210Z", MEDIA_BASIS_UTC},
    {"FB_IMG_1629876543210.jpg", "2021-08-25T07:29:03.210Z", MEDIA_BASIS_UTC},
    {"1629876543.jpg", "2021-08-25T07:29:03Z", MEDIA_BASIS_UTC},
    {"1629876543", "2021-08-25T07:29:03Z", MEDIA_BASIS_UTC},
    {"1629876543210.MP.jpg", "2021-08-25T07:29:03.210Z", MEDIA_BASIS_UTC},
    {"00000IMG_00000_BURST1629876543210_COVER.jpg", "2021-08-25T07:29:03.210Z", MEDIA_BASIS_UTC},
    {"mmexport1629876543210.jpg", "2021-08-25T07:29:03.210Z", MEDIA_BASIS_UTC},
    {"mmexport1629876543210(1).jpg", "2021-08-25T07:29:03.210Z", MEDIA_BASIS_UTC},
    {"mmexport4d931b739159e49b4998a52d0d951c32_1629876543210.png", "2021-08-25T07:29:03.210Z", MEDIA_BASIS_UTC},
    {"wx_camera_1629876543210.mp4", "2021-08-25T07:29:03.210Z", MEDIA_BASIS_UTC},
    {"microMsg.1629876543210.jpg", "2021-08-25T07:29:03.210Z", MEDIA_BASIS_UTC},
    {"fb_img_1629876543.jpg", "2021-08-25T07:29:03Z", MEDIA_BASIS_UTC},
    {"1629876543-1.mp4", NULL, 0},
    {"1629876543_2.jpg", NULL, 0},
    {"1629876543.1629876544.jpg", NULL, 0},
    {"Snapchat-1143784327.jpg", NULL, 0},
    {"received_1629876543210.jpeg", NULL, 0},
    {"IMG_1629876543.jpg", NULL, 0},
    {"photo 1629876543210.jpg", NULL, 0},
    {"thumbmmexport1629876543210.jpg", NULL, 0},
    {"mmexportx4d931b739159e49b4998a52d0d951c3_1629876543210.png", NULL, 0},
    {"mmexport16298765432101.jpg", NULL, 0},
    {"mmexport1629876543210abc.jpg", NULL, 0},
    {"mmexport9629876543210.jpg", NULL, 0},
    {"1629876543210 mmexport1629876543999.jpg", "2021-08-25T07:29:03.999Z", MEDIA_BASIS_UTC},
    /* Android's trash, and what it writes */
    {".trashed-1735689600-IMG_20241202_101112.jpg", "2024-12-02T10:11:12", MEDIA_BASIS_LOCAL},
    {".pending-1735689600-IMG_20241202_101112.jpg", "2024-12-02T10:11:12", MEDIA_BASIS_LOCAL},
    {"DCIM/.trashed-1735689600-PXL_20241202_101112345.jpg", "2024-12-02T10:11:12.345Z", MEDIA_BASIS_UTC},
    {".trashed-1735689600-1629876543.jpg", "2021-08-25T07:29:03Z", MEDIA_BASIS_UTC},
    {".trashed-1735689600-IMG_1234.jpg", NULL, 0},
    {".pending-1735689600-", NULL, 0},
    {".trashed-1735689600", NULL, 0},
    {".trashed-20241202-IMG_1.jpg", NULL, 0},
    {"9629876543.jpg", NULL, 0},
    {"0629876543.jpg", NULL, 0},
    {"c1629876543b.jpg", NULL, 0},
    {"1b4e28ba-2fa1-11d2-883f-1629876543ab.jpg", NULL, 0},
    {"10150123_10201234567890123_1234567890_n.jpg", NULL, 0},
    {"IMG-20220101-1629876543.jpg", "2022-01-01", MEDIA_BASIS_LOCAL},
    /* No date */
    {"IMG_1234.JPG", NULL, 0},
    {"DSC01234.ARW", NULL, 0},
    {"P1010203.JPG", NULL, 0},
    {"photo.jpg", NULL, 0},
    {"", NULL, 0},
    {"/", NULL, 0},
    {"2022/01/01/", NULL, 0},
    {"19991301.jpg", NULL, 0},
    {"20220230_101112.jpg", NULL, 0},
    {"20210229.jpg", NULL, 0},
    {"2021-02-29_10.11.12.jpg", NULL, 0},
    {"120220101_101112.jpg", NULL, 0},
    {"20261123_000001.jpg", NULL, 0},
    {"2026-11-23_00.00.01.jpg", NULL, 0},
    {"1904-01-01.jpg", NULL, 0},
    {"1970-01-01_00.00.00.jpg", NULL, 0},
    {"BURST9629876543210.jpg", NULL, 0},
    {"19790101_101112.jpg", NULL, 0},
    {"19800101_000000.jpg", NULL, 0},
    {"20261124_101112.jpg", NULL, 0},
    {"2026-11-24.jpg", NULL, 0},
    {"99991231_235959.jpg", NULL, 0},
    {"1820-01-01.jpg", NULL, 0},
    {"120220101.jpg", NULL, 0},
    {"202201011.jpg", NULL, 0},
    {"20220101123.jpg", NULL, 0},
    {"2022010112345.jpg", NULL, 0},
    {"201801261147521.jpg", NULL, 0},
    {"12345678901234.jpg", NULL, 0},
    {"15551234567890123.jpg", NULL, 0},
    {"d41d8cd98f00b20220101cf8427e.jpg", NULL, 0},
    {"2022-1-1.jpg", NULL, 0},
    {"2022-01_01.jpg", NULL, 0},
    {"12022-01-01.jpg", NULL, 0},
    {"2022-01-011.jpg", NULL, 0},
    {"IMG_4000-10-10.jpg", NULL, 0},
};

static const struct {
	const char *path, *want;
} folders[] = {
    {"2022/11/09/x.jpg", "2022-11-09"},
    {"/a/2022/11/09/x.jpg", "2022-11-09"},
    {"2022/11/9/x.jpg", "2022-11-09"},
    {"2022.11.09/x.jpg", "2022-11-09"},
    {"2022-11-09/x.jpg", "2022-11-09"},
    {"2022_11_09 Birthday/x.jpg", "2022-11-09"},
    {"Birthday 2022-11-09/x.jpg", "2022-11-09"},
    {"20221109/x.jpg", "2022-11-09"},
    {"2022-11-09 10.11.12/x.jpg", "2022-11-09"},
    {"2022/11/x.jpg", "2022-11"},
    {"2022//11//x.jpg", "2022-11"},
    {"2022/11/Birthday/x.jpg", "2022-11"},
    {"2022-11/x.jpg", "2022-11"},
    {"2022-11 Italy/x.jpg", "2022-11"},
    {"2022/2022-11/2022-11-09/x.jpg", "2022-11-09"},
    {"2020/2022-11-09/sub/x.jpg", "2022-11-09"},
    {"2022-11-09/2020/x.jpg", "2020"},
    {"1974/x.jpg", "1974"},
    {"1974-07/x.jpg", "1974-07"},
    {"/photos/1974/Italy/x.jpg", "1974"},
    {"2022/11/31/x.jpg", "2022-11"},
    {"2022/13/x.jpg", "2022"},
    {"2022/00/x.jpg", "2022"},
    {"2022/11/00/x.jpg", "2022-11"},
    {"2022/1/2/3/x.jpg", "2022-01-02"},
    {"2022/11.09/x.jpg", "2022"},
    {"IMG_20200101_101112/2022-11-09/x.jpg", "2022-11-09"},
    {"2022-11-09/IMG_20200101_101112/x.jpg", "2020-01-01"},
    {"11/09/x.jpg", NULL},
    {"x/11/09/x.jpg", NULL},
    {"2022-11-09.jpg", NULL},
    {"x.jpg", NULL},
    {"", NULL},
    {"/", NULL},
    {"///", NULL},
    {"/x.jpg", NULL},
    {"1820/x.jpg", NULL},
    {"2027/x.jpg", NULL},
    {"1920x1080/x.jpg", NULL},
    {"1080/x.jpg", NULL},
    {"100CANON/x.jpg", NULL},
    {"100_1109/x.jpg", NULL},
    {"2022-11-1/x.jpg", NULL},
    {"2019-20/x.jpg", NULL},
    {"1629876543/x.jpg", NULL},
    {"12022-11-09/x.jpg", NULL},
    {"19790101/x.jpg", NULL},
};

static void
test_names(void)
{
	struct buf b = {0};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		char *exact = tap_exact(names[i].path, strlen(names[i].path));
		struct when w = {.year = 7};
		enum media_basis basis = MEDIA_BASIS_ASSUMED_UTC;
		bool found = names_date(exact, strlen(names[i].path), NOW, &w, &basis);

		buf_clear(&b, 4096);
		if (found)
			when_format(&w, &b);
		tap_ok(found == (names[i].want != NULL) &&
			   (found ? strcmp(buf_cstr(&b), names[i].want) == 0 && basis == names[i].basis
				  : w.year == 7 && basis == MEDIA_BASIS_ASSUMED_UTC),
		    "name %s: %s", names[i].path, found ? buf_cstr(&b) : "none");
		free(exact);
	}
	buf_fini(&b);
}

static void
test_folders(void)
{
	struct buf b = {0};

	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
		char *exact = tap_exact(folders[i].path, strlen(folders[i].path));
		struct when w = {.year = 7};
		bool found = names_folder_date(exact, strlen(folders[i].path), NOW, &w);

		buf_clear(&b, 4096);
		if (found)
			when_format(&w, &b);
		tap_ok(found == (folders[i].want != NULL) &&
			   (found ? strcmp(buf_cstr(&b), folders[i].want) == 0 : w.year == 7),
		    "folder of %s: %s", folders[i].path, found ? buf_cstr(&b) : "none");
		free(exact);
	}
	buf_fini(&b);
}

/* Each name cut at each place: nothing may be read behind the cut. */
static void
test_cuts(void)
{
	enum media_basis basis;
	struct when w;
	size_t dates = 0;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		for (size_t len = 0; len < strlen(names[i].path); len++) {
			char *exact = tap_exact(names[i].path, len);

			dates += names_date(exact, len, NOW, &w, &basis);
			free(exact);
		}
	tap_ok(dates > 100, "cut names of exact size: %zu still have a date", dates);
}

int
main(void)
{
	test_names();
	test_folders();
	test_cuts();
	return tap_done();
}
