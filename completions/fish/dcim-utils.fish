# What fish offers for the values of dcim-utils' options; completions/generate makes fish/dcim-utils.fish of this.

# What is there of the value.
function __dcim_value
    commandline -ct | string replace -r '^(--[a-z-]+=|-[A-Za-z0-9])' '' | string replace -ra '[\\\\"\']' ''
end

# Those that are not in the list yet.
function __dcim_list
    set -l before (__dcim_value | string replace -r '[^,]*$' '')
    for word in $argv
        string match -q "*,$word,*" -- ",$before"; or echo "$before$word"
    end
end

function __dcim_dir
    __fish_complete_directories (__dcim_value)
end

function __dcim_library
    set -q DCIM_LIBRARY; and printf '%s\t%s\n' $DCIM_LIBRARY 'your library'
    __dcim_dir
end

# Of a library its database.
function __dcim_db
    for db in (__dcim_value)*/.dcim/hash.db (__dcim_value).dcim/hash.db $DCIM_LIBRARY/.dcim/hash.db
        test -f $db; and printf '%s\t%s\n' $db 'a library\'s'
    end
end

function __dcim_zone
    set -l folder /usr/share/zoneinfo
    set -q TZDIR; and set folder $TZDIR
    find -L $folder -type f 2>/dev/null | string replace "$folder/" '' | string match -r '^[[:upper:]][^.]*$'
end

# Those of the library on the line, or of $DCIM_LIBRARY; an undo cannot be undone.
function __dcim_run
    printf '%s\t%s\n' last 'the last one that has placed something'
    for word in (commandline -op)[2..-1] $DCIM_LIBRARY
        set -l folder (string replace -r '^~/' "$HOME/" -- $word)
        test -d "$folder/.dcim/runs"; or continue
        for file in $folder/.dcim/runs/*.ndjson
            set -l about (string replace -r 'ndjson$' info -- $file)
            set -l run (string match -r '/([[:alnum:]-]+)\.ndjson$' -- $file)[2]; or continue
            grep -qs '^undo = ' $about; and continue
            printf '%s\t%s\n' $run (sed -n 's/^summary = //p' $about 2>/dev/null | LC_ALL=C tr -cd ' -~' | string collect -a)
        end
        break
    end
end

function __dcim_command
    complete -C (__dcim_value)
end

set -g __dcim_members make model lens serial software width height orientation duration_s exposure_s f_number iso focal_mm focal35_mm flash_fired shutter_count lat lon alt_m gps_time title description artist copyright keywords people albums original_name rating favorite archived trashed content_id burst_id motion_photo path archive member size mtime type mime taken taken_from taken_basis taken_alt. taken_alt.from taken_alt.value sidecar takeout. takeout.rule takeout.of takeout.folder takeout.date group. group.id group.lead group.role group.rule group.members group.fields group.lacks alone tags. hash. hash.xxh128 hash.xxh3 hash.xxh64 hash.sha256 hash.sha1 hash.md5 hash.sha512 hash_now. hash_now.xxh128 hash_now.xxh3 hash_now.xxh64 hash_now.sha256 hash_now.sha1 hash_now.md5 hash_now.sha512 verify verified deleted marked source. source.volume source.label source.path source.size source.mtime source.member diff other. other.path other.size other.mtime other.hash other.hash_now other.verify other.verified db. db.status db.by db.path db.root db.id db.seq db.lead db.role place. place.action place.to place.root place.verified place.mtime place.source place.reason place.message place.mirrors repair. repair.result repair.from repair.aside compare. compare.result compare.to compare.root compare.read compare.changed compare.message priority error. error.tool error.op error.code error.message error.line warnings. warnings.tool warnings.code warnings.message

function __dcim_member
    string match -rv '\.$' -- $__dcim_members
end

# Where a brace is open, or opened with it; what lies in another member, once that is named.
function __dcim_template
    set -l value (__dcim_value)
    set -l before "$value{"
    set -l field ''
    if string match -qr '\{[^}]*$' -- $value
        set field (string match -r '[^{|]*$' -- $value)
        set before (string replace -r '[^{|]*$' '' -- $value)
    end
    if string match -q '*:*' -- $field
        printf '%s}\n' $before(string replace -r ':.*' ':' -- $field){lower,%Y,%Y-%m,%Y-%m-%d,%m,%d}
    else if string match -q '*.*' -- $field
        printf '%s}\n' $before(string match -r '.*\..+' -- $__dcim_members)
    else
        printf '%s}\n' $before(printf '%s\n' name stem ext dir folder (string match -v '*.*' -- $__dcim_members))
        printf '%s\n' $before(printf '%s\n' taken: (string match -r '.*\.$' -- $__dcim_members))
    end
end
