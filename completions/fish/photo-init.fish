source (dirname (status filename))/dcim-utils.fish
complete -c photo-init -f -a '(__dcim_library)'
complete -c photo-init -s a -l algorithm -r -f -a '(__dcim_list xxh128 xxh3 xxh64 sha256 sha1 md5 sha512)' -d 'digests to require from now on; may be repeated'
complete -c photo-init -l weak-publish -d 'work where neither linking nor safe renaming is possible; imports will too'
complete -c photo-init -l portable-names -d 'imports give files names that exFAT, NTFS and SMB can hold'
complete -c photo-init -s j -l jobs -r -f -d 'worker threads of each program'
complete -c photo-init -s q -l quiet -d 'no progress and no messages about single files'
complete -c photo-init -s h -l help -d 'show this and exit'
complete -c photo-init -s V -l version -d 'show the version and exit'
