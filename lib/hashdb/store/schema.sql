-- A hash database, version 3.
--
-- Paths are bytes, relative to the library's root; CAST(path AS TEXT) shows them, as the view `library` does.
-- Times are nanoseconds since 1970, UTC.  JSON is text.
--
-- Each page ends in a checksum of itself, and each row in `sum`, one of its other columns (values.h): hashdb-merge keeps
-- them, and whoever changes a database with anything else damages it.
PRAGMA application_id = 1145260365;
PRAGMA user_version = 3;

-- id          of this database: 16 random digits
-- algorithms  the digests that a file must have to be recorded: xxh128,sha256; by the first of them it is found again
-- seq         the last number given to a file, a content or a source
-- root        the library's root, where it is not the default
-- file.rows   how many rows the table has; file.sum: their sums added up.  So for source, volume and run
CREATE TABLE about (
	name TEXT PRIMARY KEY,
	value NOT NULL,
	sum INTEGER NOT NULL
) WITHOUT ROWID;

-- id        never given twice, and another for another content, so that what points to one that has gone points nowhere
-- seq       of the content: grows when it changes
-- verified  when the content was last read, or recorded; mismatch is what was found then
-- hash      {"xxh128":"…"}
-- mismatch  the same, as once read while size and mtime had not changed: the content is damaged
-- deleted   when it was marked so: its content is not wanted again.  A path may have such marks of several contents,
--           beside a file that is there
-- record    the record's other members: {"taken":"…","model":"…"}
CREATE TABLE file (
	id INTEGER PRIMARY KEY,
	path BLOB NOT NULL,
	seq INTEGER NOT NULL,
	size INTEGER,
	mtime INTEGER,
	verified INTEGER NOT NULL,
	hash TEXT NOT NULL,
	mismatch TEXT,
	deleted INTEGER,
	record TEXT NOT NULL,
	sum INTEGER NOT NULL
);
CREATE UNIQUE INDEX file_path ON file (path) WHERE deleted IS NULL;
CREATE INDEX file_mark ON file (path) WHERE deleted IS NOT NULL;

-- Which files have a content: the first eight bytes of the first of `algorithms`, as a big-endian number, once for each
-- file.  Two contents may share one: file.hash decides.  A table of its own, so that a batch can be added in this order
-- whatever order the files came in.
CREATE TABLE digest (
	prefix INTEGER NOT NULL,
	file INTEGER NOT NULL,
	PRIMARY KEY (prefix, file)
) WITHOUT ROWID;

-- What was imported from where: a file system, and on it a path, a size and a time.  file is NULL where the source
-- was looked at and left out.  first: this source brought the file its content; others had the same.
CREATE TABLE volume (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,
	label TEXT NOT NULL,
	seq INTEGER NOT NULL,
	sum INTEGER NOT NULL
);
CREATE TABLE source (
	volume INTEGER NOT NULL,
	path BLOB NOT NULL,
	size INTEGER NOT NULL,
	mtime INTEGER NOT NULL,
	file INTEGER,
	seq INTEGER NOT NULL,
	first INTEGER NOT NULL,
	sum INTEGER NOT NULL,
	PRIMARY KEY (volume, path, size, mtime)
) WITHOUT ROWID;

-- The logs of hashdb-merge --log, by the names of their files: how many bytes of each are recorded here.
CREATE TABLE run (
	name TEXT PRIMARY KEY,
	bytes INTEGER NOT NULL,
	sum INTEGER NOT NULL
) WITHOUT ROWID;

-- For people: the files that are there.
CREATE VIEW library AS
SELECT CAST(path AS TEXT) AS path, size, datetime(mtime / 1000000000, 'unixepoch') AS mtime,
	datetime(verified / 1000000000, 'unixepoch') AS verified, hash, mismatch, record
FROM file WHERE deleted IS NULL;
