source (dirname (status filename))/dcim-utils.fish
complete -c photo-check -l media-only -d 'files that are no pictures or films, and only there, are named, but may go'
complete -c photo-check -l records -r -F -d 'write the records of all files to FILE, which must not exist'
complete -c photo-check -s j -l jobs -r -f -d 'worker threads of each program'
complete -c photo-check -s q -l quiet -d 'no progress'
complete -c photo-check -s h -l help -d 'show this and exit'
complete -c photo-check -s V -l version -d 'show the version and exit'
