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

set -g __dcim_members @MEMBERS@

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
        printf '%s}\n' $before(printf '%s\n' @OWN@ (string match -v '*.*' -- $__dcim_members))
        printf '%s\n' $before(printf '%s\n' taken: (string match -r '.*\.$' -- $__dcim_members))
    end
end
