# complete.zsh SCRIPT <LINES: what zsh completes at each line's end, as "line<tab>word", asked of an interactive zsh
# with that script on a terminal of its own.
zmodload zsh/zpty
zpty -b shell zsh -f -i
setup='
PROMPT= RPROMPT= LISTMAX=0
unsetopt zle_bracketed_paste beep
autoload -Uz compinit && compinit -u -D
source '${(q)1}'
# Each match is printed as it is offered; what only fills arrays is left alone.
compadd() {
    local -a hits
    local word
    for word in $@; do
        case $word in
        -- | -) break ;;
        -[AOD]*) builtin compadd "$@"; return ;;
        esac
    done
    builtin compadd -A hits "$@"
    for word in $hits; do print -r "HIT:$word:"; done
    return 0
}
comppostfuncs=(end_hits)
# The list is emptied each time.
end_hits() { comppostfuncs=(end_hits); print -r "END""HITS" }
print -r "READY""NOW"
'
file=$(mktemp)
print -r -- $setup >$file
zpty -w shell "source $file"
until [[ $all == *READYNOW* ]]; do zpty -r shell part && all+=$part; done
while IFS= read -r line; do
    all=
    zpty -n -w shell "$line"$'\t'
    until [[ $all == *ENDHITS* ]]; do zpty -r shell part && all+=$part; done
    print -r -- $all | sed -n 's/.*HIT:\(.*\):.*/\1/p' | tr -d '\r' | sort -u | while read -r word; do
        print -r -- "$line"$'\t'"$word"
    done
    zpty -n -w shell $'\C-u'
done
zpty -d shell
rm -f $file
