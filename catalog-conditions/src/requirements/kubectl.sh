#!/bin/sh
# Reads of a cluster what a set of conditions asks about, and nothing else, and writes it to standard output as a snapshot:
#   sh this-script > cluster.yaml
#   KUBECTL='kubectl --context production' sh this-script > cluster.yaml
# What could not be read is in the snapshot too, with the reason. The last documents say how far the snapshot goes: one that broke off
# on the way says nothing about what is absent. It is made for the conditions it was written for: others may ask for what it left out.
set -u
umask 077

# The word alone: KUBECTL may hold options as well.
kubectl=${KUBECTL:-kubectl}
command -v "${kubectl%% *}" >/dev/null 2>&1 || {
    echo "there is no ${kubectl%% *}: set KUBECTL" >&2
    exit 2
}

work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM
: >"$work/covers"
: >"$work/failures"

# The answer is kept until kubectl has ended: what it prints before it fails must not pass for all there is.
# Discovery is cached for this run only, since kubectl's own cache may be hours old.
ask() {
    $kubectl --cache-dir="$work/cache" --request-timeout=60s "$@" >"$work/answer" 2>"$work/error" </dev/null
}

answer() {
    if [ -s "$work/answer" ]; then
        echo ---
        cat "$work/answer"
        echo
    fi
}

# failed WHERE REQUEST: keeps why the last question failed. That a kind is not served is no failure: the discovery documents say so.
failed() {
    why=$(LC_ALL=C tr -c ' -~\n' ' ' <"$work/error" | grep . | tail -n 1 | cut -c 1-500)
    request="$2 -> $why"
    case $why in
    "error: the server doesn't have a resource type"* | 'Error from server (NotFound):'*) return ;;
    'Error from server (Forbidden):'*)
        reason=forbidden
        resource=$(printf '%s\n' "$why" | sed -n 's/^[^:]*: \([a-z0-9.-]*\) .*/\1/p')
        user=$(printf '%s\n' "$why" | sed -n 's/.*: User "\([^"]*\)" cannot .*/\1/p')
        request="${resource:+GET $resource ${2#GET * }}"
        request="${request:-$2} -> 403 (user \"$user\")"
        ;;
    'error: You must be logged in'* | 'Error from server (Unauthorized):'*)
        reason=unauthorized
        request="$2 -> 401"
        ;;
    'Error from server'*'conversion webhook'*) reason=discovery ;;
    'Error from server'*)
        case $1 in
        'what: discovery'*) reason=discovery ;;
        *) reason=unavailable ;;
        esac
        ;;
    *) reason=unavailable ;;
    esac
    printf '%s\n' "$request" >&2
    request=$(printf '%s\n' "$request" | sed 's/[\\"]/\\&/g')
    printf -- '- {%s, reason: %s, request: "%s"}\n' "$1" "$reason" "$request" >>"$work/failures"
}

# objects COVERS WHERE REQUEST ARGUMENT...: what `kubectl get` brings.
objects() {
    covers=$1 where=$2 request=$3
    shift 3
    if ask get --ignore-not-found "$@"; then
        answer
        printf -- '- {%s}\n' "$covers" >>"$work/covers"
    else
        failed "$where" "$request"
    fi
}

# discovered WHERE PATH: a discovery document.
discovered() {
    if ask get --raw "$2"; then
        answer
    else
        failed "$1" "GET $2"
    fi
}

# discovered_group GROUP: the documents of all its versions.
discovered_group() {
    if ! ask get --raw "/apis/$1"; then
        failed "what: discovery, group: \"$1\"" "GET /apis/$1"
        return
    fi
    answer
    for version in $(grep -o '"groupVersion": *"[a-z0-9./-]*"' "$work/answer" | sed 's/"$//; s/.*\///' | sort -u); do
        discovered "what: discovery, group: \"$1\", version: \"$version\"" "/apis/$1/$version"
    done
}

# in_no_namespace GROUP KIND: whether a kind is known to live in no namespace.
in_no_namespace() {
    if [ ! -e "$work/scopes" ]; then
        ask api-resources --namespaced=false --no-headers
        cp "$work/answer" "$work/scopes"
    fi
    awk -v group="$1" -v kind="$2" '
        { version = $(NF - 2); if (version !~ /\//) version = "/" version; sub(/\/[^\/]*$/, "", version) }
        version == group && $NF == kind { found = 1 }
        END { exit !found }' "$work/scopes"
}

# may_i REVIEW: whether who runs this may do something.
may_i() {
    printf '%s\n' "$1" >"$work/review.json"
    if ask create --validate=false -f "$work/review.json" -o json; then
        answer
    else
        failed 'what: access' 'POST selfsubjectaccessreviews.authorization.k8s.io'
    fi
}

server_version() {
    if ask version -o json; then
        answer
    else
        failed 'what: version' 'GET /version'
    fi
}

# What was read, and what was not. The time is that of this machine.
finish() {
    printf -- '---\nkind: SnapshotCoverage\ntakenAt: "%s"\n' "$taken"
    if [ -s "$work/covers" ]; then
        echo covers:
        cat "$work/covers"
    fi
    if [ -s "$work/failures" ]; then
        printf -- '---\nkind: SnapshotFailure\nfailures:\n'
        cat "$work/failures"
    fi
}

taken=$(date -u +%Y-%m-%dT%H:%M:%SZ)
