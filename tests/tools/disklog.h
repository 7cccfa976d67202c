/*
 * disklog -- what recorder writes and replay reads: each thing that was asked of a disk, in order.
 *
 * An entry is its head, and for DISK_WRITE and DISK_MARK as many bytes as it says.  A DISK_FLUSH makes durable what
 * stands before it; what stands after the last one may be on the disk or not, whatever the order.
 */
#ifndef DISKLOG_H
#define DISKLOG_H

#include <stdint.h>

enum disk_kind {
	DISK_WRITE,
	DISK_ZERO, /* a range is discarded, or all zeros are written to it */
	DISK_FLUSH,
	DISK_MARK, /* words of the test's: what it had seen by then */
};

struct disk_entry {
	uint64_t kind;
	uint64_t at; /* byte of the disk */
	uint64_t len;
};

#endif
