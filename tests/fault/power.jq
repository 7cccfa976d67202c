# power.jq -- what an instant of power's has cost: how many files were at risk, lost, overwritten, torn, rows without a
# file, files without a row after the rerun, acknowledged and gone; then a line for each complaint.
#
# Its input: lines of digest, tab, path, $want for all that is imported, $risk for what was on the disk before, $files
# for what is, $after for what is after the rerun; $rows and $after_rows, the records of the database; $marks as replay
# writes them; $cut, how many entries of the log there are.  $lib is what the library's paths begin with.

def lines: split("\n")[:-1];
def table: lines | map(split("\t") | {key: .[1], value: .[0]}) | from_entries;
def records: lines | map(fromjson);
def digest: .hash.xxh128;
def library: with_entries(select(.key | startswith($lib)) | .key |= .[$lib | length:]);
def cards: with_entries(select(.key | startswith($lib) | not));
def placed: .place.action | IN("copied", "moved", "exists", "duplicate");

($want | table) as $want | ($risk | table) as $risk | ($files | table) as $there | ($after | table) as $later |
($rows | records) as $rows | ($after_rows | records) as $later_rows |
($want | [.[] | {key: ., value: true}] | from_entries) as $known |
($there | library) as $in_lib | ($later | library) as $later_lib |
([$rows[] | {key: .path, value: digest}] | from_entries) as $row |
([$later_rows[] | {key: .path, value: digest}] | from_entries) as $later_row |

# what had been said by then: by the path in the library, the last word of each program
([$marks | lines[] | split("\t") | select((.[0] | tonumber) < $cut and (.[3] != null)) |
	{by: .[2], record: (.[3:] | join("\t") | fromjson)} | select(.record.error | not)]) as $said |
([$said[] | {by, to: (.record | if placed then .place.to elif .place == null and digest != null then .path | ltrimstr("./")
	else empty end), digest: (.record | digest)}]) as $acknowledged |
([$said[] | select(.record.place.action == "undone") | .record | {path: (.path | split("/disk/")[1]), digest: digest}]) as $undone |

[$risk | [.[]] | unique[] | select(. as $d | any($there[]; . == $d) | not) | "lost: \(.)"] as $lost |
[$risk | [.[]] | unique[] | select(. as $d | any($later[]; . == $d) | not) | "lost after the rerun: \(.)"] as $lost_later |
[$acknowledged | unique_by(.to)[] | select($in_lib[.to] != null and $in_lib[.to] != .digest and $known[$in_lib[.to]]) |
	"overwritten: \(.to)"] as $overwritten |
[($there, $later) | to_entries[] | select($known[.value] | not) | select(.key != "flushed") | "torn: \(.key)"] as $torn |
[$row | to_entries[] | select($workload != "undo" and $in_lib[.key] != .value) | "a row without its file: \(.key)"] as $no_file |
[$later_row | to_entries[] | select($later_lib[.key] != .value) | "a row without its file after the rerun: \(.key)"] as $no_file_later |
[$later_lib | keys[] | select($later_row[.] == null) | "a file without a row: \(.)"] as $no_row |
[$acknowledged | unique_by(.to)[] | select($in_lib[.to] != .digest) | "\(.by) has said it is there: \(.to)"] as $gone |
[[$acknowledged[] | select(.by != "place-file")] | unique_by(.to)[] | select($row[.to] != .digest) | "\(.by) has said it is recorded: \(.to)"] as $gone_rows |
[$undone[] | select($there[.path] != .digest) | "said to be undone, and not back: \(.path)"] as $not_back |

# where the rerun has come to
(if $workload == "undo" then
	[$want | to_entries[] | select($later["cards/" + .key] != .value) | "not back after the rerun: \(.key)"] +
	[$later_lib | keys[] | "still there after the rerun: \(.)"]
else
	[$want | [.[]] | unique[] | select(. as $d | any($later_lib[]; . == $d) | not) | "not in the library after the rerun: \(.)"] +
	(if $workload == "move" then [$later | cards | keys[] | select(startswith("cards/")) | "not moved by the rerun: \(.)"]
	else [$risk | to_entries[] | select($later[.key] != .value) | "a source has gone: \(.key)"] end)
end) as $unfinished |

([($risk | length), ($lost + $lost_later | length), ($overwritten | length), ($torn | length),
	($no_file + $no_file_later | length), ($no_row + $unfinished | length), ($gone + $gone_rows + $not_back | length)] |
	map(tostring) | join(" ")),
($lost + $lost_later + $overwritten + $torn + $no_file + $no_file_later + $no_row + $gone + $gone_rows + $not_back +
	$unfinished | .[:5][])
