-- A hash database, version 1.
--
-- Paths are bytes, relative to the library's root; CAST(path AS TEXT) shows them, as the view `library` does.
-- Times are nanoseconds since 1970, UTC.  JSON is text.
PRAGMA application_id = 1145260365;
PRAGMA user_version = 1;

-- algorithms  the digests that every file here has: xxh128,sha256
-- seq         the last number given to a file, a content or a source
-- root        the library's root, where it is not the default
CREATE TABLE about (
	name TEXT PRIMARY KEY,
	value NOT NULL
) WITHOUT ROWID;

-- id        never given twice, so that what points to a file that has gone points nowhere
-- seq       of the content: grows when it changes
-- verified  when the content was last read, or recorded
-- hash      {"xxh128":"…"}
-- mismatch  the same, as once read while size and mtime had not changed: the content is damaged
-- deleted   when it was marked so: its content is not wanted again
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
	record TEXT NOT NULL
);
CREATE UNIQUE INDEX file_path ON file (path) WHERE deleted IS NULL;

-- Which files may have a content: the first eight bytes of each digest in `algorithms`, as a big-endian number.  An
-- entry may be out of date, and two contents may share one: file.hash decides.  A table of its own, so that a batch
-- can be added in this order whatever order the files came in.
CREATE TABLE digest (
	prefix INTEGER NOT NULL,
	file INTEGER NOT NULL,
	PRIMARY KEY (prefix, file)
) WITHOUT ROWID;

-- What was imported from where: a file system, and on it a path, a size and a time.  file is NULL where the source
-- was looked at and left out.
CREATE TABLE volume (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,
	label TEXT NOT NULL
);
CREATE TABLE source (
	volume INTEGER NOT NULL,
	path BLOB NOT NULL,
	size INTEGER NOT NULL,
	mtime INTEGER NOT NULL,
	file INTEGER,
	seq INTEGER NOT NULL,
	PRIMARY KEY (volume, path, size, mtime)
) WITHOUT ROWID;

-- For people: the files that are there.
CREATE VIEW library AS
SELECT CAST(path AS TEXT) AS path, size, datetime(mtime / 1000000000, 'unixepoch') AS mtime,
	datetime(verified / 1000000000, 'unixepoch') AS verified, hash, mismatch, record
FROM file WHERE deleted IS NULL;
