# everything DB -- what a database knows, but for its own numbers and times of reading: what its logs have to give back.
everything() {
	sqlite3 "$1" "SELECT hex(path), size, mtime, hash, ifnull(mismatch, ''), deleted IS NOT NULL, record FROM file ORDER BY 1, 4;
		SELECT v.name, v.label, hex(s.path), s.size, s.mtime, s.first, ifnull(hex(f.path), '') FROM source AS s
			JOIN volume AS v ON v.id = s.volume LEFT JOIN file AS f ON f.id = s.file ORDER BY 1, 3, 4, 5"
}
