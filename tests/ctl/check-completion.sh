#!/bin/sh
# What bash, zsh and fish themselves complete with the scripts that xe360ctl makes. A shell that isn't there is
# left out, and said.
set -eu

. "${XE_SRCDIR:-.}/tests/support/daemon.sh"
cp "$build/tests/guest/titles/quiescent.xex" hang.xex
PATH=$build:$PATH
HOME=$state
export PATH HOME
for shell in bash zsh fish; do xe360ctl completion $shell >script.$shell; done
want 2 "'csh': expected bash, zsh or fish" completion csh

# in_bash LINE and so on: the words that may stand at its end.
in_bash()
{
    bash --norc --noprofile -c '
        . ./script.bash
        # as readline parts a line: at blanks and at "="
        read -r -a words <<<"$(printf "%s" "$1" | sed "s/=/ = /g")"
        COMP_WORDS=("${words[@]}")
        case $1 in *" ") COMP_WORDS+=("") ;; esac
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _xe360ctl
        printf "%s\n" "${COMPREPLY[@]}"' - "$1"
}

# One zsh is asked for all lines, which takes it a second.
in_zsh()
{
    [ -e zsh.words ] ||
        sed -n "s/^    [a-z_]* .shell '\(xe360ctl[^']*\)'.*/\1/p" "$source/tests/ctl/check-completion.sh" |
        timeout 120 zsh -f "$source/tests/ctl/complete.zsh" "$state/script.zsh" >zsh.words
    awk -F '\t' -v line="$1" '$1 == line { print $2 }' zsh.words
}

in_fish()
{
    fish --no-config -c "source script.fish; complete -C '$1'" | cut -f 1
}

# completes SHELL LINE WORD...: these words are among them.
completes()
{
    shell=$1 line=$2
    shift 2
    "in_$shell" "$line" >words
    for word; do
        # An option's value is the word alone, or stands behind the option.
        grep -qx -e "\(--[a-z-]*=\)\{0,1\}$word" words || {
            echo "$shell, '$line': no '$word' among: $(tr '\n' ' ' <words)" >&2
            failures=$((failures + 1))
        }
    done
}

# leaves_out SHELL LINE WORD: it isn't.
leaves_out()
{
    "in_$1" "$2" >words
    if grep -qx -e "$3" words; then
        echo "$1, '$2': has '$3'" >&2
        failures=$((failures + 1))
    fi
}

start_daemon --root "$state"
want 0 '' create hang.xex --name quiet
for shell in bash zsh fish; do
    command -v $shell >/dev/null || {
        echo "left out: $shell is not there" >&2
        continue
    }
    completes $shell 'xe360ctl ru' run
    completes $shell 'xe360ctl ' run explain threads call completion
    completes $shell 'xe360ctl --so' '--socket=\{0,1\}'
    completes $shell 'xe360ctl run --eng' '--engine=\{0,1\}'
    completes $shell 'xe360ctl run --engine=' jit interpreter check
    completes $shell 'xe360ctl run --until=' exit crash hang
    completes $shell 'xe360ctl ls --format=' table yaml jsonl
    completes $shell 'xe360ctl graph --format=' dot svg
    completes $shell 'xe360ctl run han' hang.xex
    completes $shell 'xe360ctl explain ' i-1 quiet
    completes $shell 'xe360ctl snapshot ' save load list export
    completes $shell 'xe360ctl completion ' bash zsh fish
    completes $shell 'xe360ctl help thr' threads
    completes $shell 'xe360ctl call audit.' audit.report audit.focus.set
    completes $shell 'xe360ctl call mem.read ' instance= address= length=
    leaves_out $shell 'xe360ctl explain ' hang.xex
    leaves_out $shell 'xe360ctl explain --' --engine=
done
completes bash 'xe360ctl run --engine ' jit
want 0 '' shutdown
wait "$daemon" || failures=$((failures + 1))
daemon=
[ "$failures" = 0 ] || { echo "$failures checks failed" >&2; exit 1; }
