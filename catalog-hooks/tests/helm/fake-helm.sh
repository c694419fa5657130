#!/bin/sh
# Stands in for helm. The folder of `--kubeconfig` says what each verb answers: VERB.out on standard output, or VERB.err on standard error
# and a failure; VERB.script is run instead. It keeps the arguments, the values, and the description of the release.
verb=$1
for argument in "$@"; do
    case $argument in
        --kubeconfig=*) folder=$(dirname "${argument#--kubeconfig=}") ;;
        --description=*) description=${argument#--description=} ;;
    esac
done
printf '%s\n' "$@" >"$folder/$verb.arguments"
case " $* " in *" --values=- "*) cat >"$folder/values" ;; esac
if [ -f "$folder/$verb.script" ]; then
    . "$folder/$verb.script"
fi
if [ -f "$folder/$verb.err" ]; then
    cat "$folder/$verb.err" >&2
    exit 1
fi
if [ -n "$description" ]; then
    printf '%s' "$description" >"$folder/description"
fi
if [ -f "$folder/$verb.out" ]; then
    kept=$(cat "$folder/description" 2>/dev/null)
    sed "s/DESCRIPTION/$kept/" "$folder/$verb.out"
fi
