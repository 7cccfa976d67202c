# options.awk -- whether each option of tests/options is in the test that is named there, or in what that calls.
#
# usage: awk -f tests/options.awk tests/options tests/cmd/*.bats tests/cmd/*.bash
#
# A line for each row that is wrong; status 1 then.  What a test calls are functions of its file and of the .bash
# files, the functions that they call, and setup_more.

FNR == 1 {
	file = FILENAME
	sub(/^.*\//, "", file)
	helper = sub(/\.bash$/, "", file)
	sub(/\.bats$/, "", file)
	name = ""
}

FILENAME ~ /options$/ {
	if (NF > 0 && $1 != "#")
		row[++rows] = $0
	next
}

/^@test "/ {
	name = $0
	sub(/^@test "/, "", name)
	sub(/" \{.*$/, "", name)
	name = file SUBSEP "@" name
}

/^[a-z_]+\(\)/ {
	name = $0
	sub(/\(.*$/, "", name)
	if (helper) {
		helpers[name]
		name = "" SUBSEP name
	} else {
		of[file] = of[file] " " name
		name = file SUBSEP name
	}
}

name != "" { text[name] = text[name] $0 "\n" }
/^}/ { name = "" }

# A word of a shell's, wherever it stands.
function holds(body, word) {
	return body ~ "(^|[^A-Za-z0-9_-])" word "($|[^A-Za-z0-9_-])"
}

# Append what is called to the body.
function with_calls(file, body,    i, n, own, called, again) {
	n = split(of[file], own, " ")
	do {
		again = 0
		for (i = 1; i <= n; i++)
			if (!((own[i]) in called) && (own[i] == "setup_more" || holds(body, own[i]))) {
				called[own[i]]
				body = body text[file, own[i]]
				again = 1
			}
		for (i in helpers)
			if (!(i in called) && holds(body, i)) {
				called[i]
				body = body text["", i]
				again = 1
			}
	} while (again)
	return body
}

function uses(body, option,    spelled, i, n) {
	n = split(option, spelled, ",")
	for (i = 1; i <= n; i++)
		if (spelled[i] ~ /^--/ ? holds(body, spelled[i]) : body ~ "[ \t'\"({]-[A-Za-z0-9]*" substr(spelled[i], 2))
			return 1
	return 0
}

function wrong(what) {
	print what
	bad = 1
}

END {
	for (r = 1; r <= rows; r++) {
		split(row[r], field, " ")
		test = row[r]
		sub(/^[^ ]+ +[^ ]+ +[^ ]+ +/, "", test)
		if (!((field[3], "@" test) in text)) {
			wrong(field[3] ".bats has no test \"" test "\"")
			continue
		}
		body = with_calls(field[3], text[field[3], "@" test])
		sub(/^.*=/, "", field[1])
		if (!holds(body, field[1]))
			wrong(field[3] ", \"" test "\": nothing of " field[1])
		if (!uses(body, field[2]))
			wrong(field[3] ", \"" test "\": no " field[2] " of " field[1])
	}
	exit bad
}
