# groups -- records of files, with the `group` or `alone` that exif-read gives them: one name but for the extension, or a
# pattern of the tests' own.  Input: paths, a line each.
def hash: reduce explode[] as $c (7; (. * 131 + $c) % 9007199254) | tostring | ("0000000000000000" + .)[-16:];
def key: capture("^(?<dir>.*/)?(?<name>[^/]*)$")
	| .dir //= ""
	| .key = (.name | sub("_[0-9][0-9]\\.(?<e>[^.]+)\\.xmp$"; ".\(.e).xmp") | sub("^IMG_[EO](?<n>[0-9]{4})"; "IMG_\(.n)")
		| sub("-Edit\\."; ".") | sub("^G[XHL][0-9][0-9]"; "G") | sub("(?<c>C[0-9]{4})[MTS][0-9][0-9]\\."; "\(.c).") | split(".")[0])
	| .dir |= sub("(THMBNL|SUB)/$"; "CLIP/") | .ext = (.name | ascii_downcase | split(".")[-1]);
def role:
	if (.ext | IN("cr2", "dng", "arw")) then "raw" elif (.ext | IN("xmp", "aae", "xml")) then "sidecar"
	elif .ext == "wav" then "voice" elif .ext == "thm" or (.name | test("T[0-9][0-9]\\.")) then "thumbnail"
	elif .ext == "lrv" then "proxy"
	elif (.name | test("^IMG_E[0-9]|-Edit[.]")) then "edit"
	elif (.ext | IN("mp4", "mov")) then "film" else "still" end;
def rank: ["still", "raw", "film", "edit", "thumbnail", "proxy", "voice", "sidecar"] as $all | . as $r | $all | index($r);
[inputs | . as $path | key | .path = $path | .role = role] as $all
| ($all | group_by([.dir, .key]) | map({key: "\(.[0].dir)\(.[0].key)", value: .}) | from_entries) as $groups
| $all[] | $groups["\(.dir)\(.key)"] as $g | (first($g | sort_by([(.role | rank), .name])[])) as $lead
| {path, taken: "2024-05-01T12:00:00"}
+ (if ($g | length) > 1 then {group: {id: ("\(.dir)\(.key)" | hash), lead: $lead.path, role, rule: "stem",
	members: ([$g[] | if (.path | ltrimstr($lead.dir)) == .path then "../" + (.path | split("/")[-2:] | join("/"))
		else .path | ltrimstr($lead.dir) end] | sort)}}
	else {alone: true} end)
