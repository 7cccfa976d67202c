# witness -- judges the order that witness.c has noted.  What is not durable yet: files and folders of the library, by
# the programs that changed them.  A line for each promise that was broken.
#
#   a name is given when the content behind it is durable
#   what is told is durable: contents, names, folders; with hashdb-merge what it was given is committed
#   a source goes only after that

function folder(path) { return substr(path, 1, match(path, /\/[^\/]*$/) - 1) }
function in_library(path) { return path ~ /\/lib(\/|$)/ && path !~ /\/\.dcim\/(tmp|runs|lock)/ }
function notes(path) { return path ~ /\/\.dcim(\/|$)/ }

function broken(what) { print $1 ": " what }

# durable PATH PROGRAM -- that, or with the path "" everything.
function durable(path, program, key, part) {
	for (key in dirty) {
		split(key, part, SUBSEP)
		if (part[1] == program && (path == "" || part[2] == path)) delete dirty[key]
	}
}

function anything(program, key, part) {
	for (key in dirty) {
		split(key, part, SUBSEP)
		if (part[1] == program && in_library(part[2])) return part[2]
	}
	return ""
}

BEGIN { FS = "\t" }
{ lines++ }
$1 == "hashdb-merge" && $2 ~ /^(write|truncate)$/ && $3 ~ /hash\.db(-journal)?$/ { begun = 1; hot = $2 == "write" ? 1 : 0 }
$1 == "hashdb-merge" && $2 == "sync" && $3 ~ /-journal$/ && begun && !hot {
	if (early) broken("committed what had been told before")
	committed = 1
	begun = early = 0
}
$1 == "hashdb-merge" && $2 == "tell" {
	if (begun) broken("told before it was committed")
	early = !committed # well, if there was nothing to commit
}
$1 == "hashdb-merge" { next }

$2 == "write" { dirty[$1, $3] }
$2 == "mkdir" && !notes($3) { dirty[$1, folder($3)] }
$2 == "sync" { durable($3, $1) }
$2 == "syncfs" { durable("", $1) }
$2 == "rename" && in_library($4) && !notes($4) {
	if (($1, $3) in dirty) broken($4 " was named before its content was durable")
	delete dirty[$1, $3]
	dirty[$1, folder($4)]
}
($1 == "place-file" && $2 == "tell") || ($2 == "unlink" && $3 ~ /\/card\//) {
	if ((at = anything("place-file")) != "") broken(($2 == "tell" ? "told" : $3 " was removed") " before " at " was durable")
}
END { if (lines == 0) broken("nothing was noted") }
