#!/bin/sh
# Reviews a change of NetworkPolicies: prints which connections it opens and closes, and leaves a
# report in every format in a directory. The same in any CI; action.yml and the GitLab template
# call it. Exits as netpolc review does: 0 fine, 1 the gate failed, 2 bad input, 3 no git.
#
#   BASE          what to compare with (default: where HEAD parted from the target of the pull
#                 request, or from origin/main)
#   HEAD_REF      what is reviewed (default: the files as they are)
#   PATHS         files, directories and patterns, separated by spaces (default: the current
#                 directory)
#   RENDER        a command whose standard output is the manifests, such as helm template; run in
#                 both versions, instead of reading PATHS
#   FAIL_ON       any, gained, lost, critical or none (default: any)
#   ALLOW_FILE    changes that were accepted on purpose (default: .netpolc-allow.yaml if it exists)
#   OUT_DIR       where the reports go (default: .netpolc-review, which no command
#                 takes for manifests)
#   NETPOLC       the program (default: netpolc)
#
# On GitHub the numbers also go to $GITHUB_OUTPUT, the report to $GITHUB_STEP_SUMMARY, and the
# changes become annotations of their lines.
set -eu
# Patterns are netpolc's to expand, in both versions.
set -f

netpolc=${NETPOLC:-netpolc}
out=${OUT_DIR:-.netpolc-review}
head_ref=${HEAD_REF:-}
mkdir -p "$out"
# What an earlier run left is no report of this one.
rm -f "$out/review.txt" "$out/review.json" "$out/comment.md" "$out/errors.txt"

if [ -n "${BASE:-}" ]; then
  range=$BASE..$head_ref
elif [ -n "${GITHUB_BASE_REF:-}" ]; then
  range=origin/$GITHUB_BASE_REF...$head_ref
elif [ -n "${CI_MERGE_REQUEST_DIFF_BASE_SHA:-}" ]; then
  range=$CI_MERGE_REQUEST_DIFF_BASE_SHA..$head_ref
elif [ -n "${SYSTEM_PULLREQUEST_TARGETBRANCH:-}" ]; then
  range=origin/${SYSTEM_PULLREQUEST_TARGETBRANCH#refs/heads/}...$head_ref
else
  range=origin/main...$head_ref
fi
base=${range%%..*}

# The manifests of the base, rendered in a work tree of its own, and of the files as they are.
scratch=$(mktemp -d)
trap 'git worktree remove --force "$scratch/base" 2>/dev/null || :; rm -rf "$scratch"' EXIT
render() {
  (cd "$1" && sh -euc "$RENDER") >"$2" || {
    echo "review.sh: RENDER failed in $3" >&2
    exit 2
  }
}
if [ -n "${RENDER:-}" ]; then
  case $range in
  *...*) commit=$(git merge-base "$base" HEAD) || commit=$base ;;
  *) commit=$base ;;
  esac
  git worktree add --quiet --detach "$scratch/base" "$commit" || {
    echo "review.sh: $base cannot be rendered: set BASE, or fetch-depth: 0" >&2
    exit 2
  }
  render "$scratch/base" "$scratch/base.yaml" "$base"
  render . "$out/rendered.yaml" HEAD
  set -- --from "$scratch/base.yaml" --to "$out/rendered.yaml"
else
  set -- "$range"
  for path in ${PATHS:-}; do set -- "$@" -f "$path"; done
fi

allow=${ALLOW_FILE:-}
if [ -z "$allow" ] && [ -e .netpolc-allow.yaml ]; then allow=.netpolc-allow.yaml; fi
if [ -n "$allow" ]; then set -- "$@" --allow "$allow"; fi

status=0
"$netpolc" review "$@" --fail-on "${FAIL_ON:-any}" \
  -o text="$out/review.txt" -o json="$out/review.json" -o sarif="$out/review.sarif" \
  -o github-md="$out/comment.md" -o md="$out/review.md" -o junit="$out/review.junit.xml" \
  -o gitlab="$out/codequality.json" -o svg="$out/review.svg" \
  -o github="$out/annotations.txt" 2>"$out/errors.txt" || status=$?

# Names and manifests are the pull request's: to GitHub's runner none of these lines is a command.
quiet=
if [ -n "${GITHUB_ACTIONS:-}" ]; then
  quiet=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  echo "::stop-commands::$quiet"
fi
cat "$out/errors.txt" >&2
# 0 and 1 are answers; with anything else there is no report.
if [ "$status" -le 1 ]; then cat "$out/review.txt"; fi
if [ -n "$quiet" ]; then
  echo "::$quiet::"
  if [ "$status" -le 1 ]; then cat "$out/annotations.txt"; fi
fi

# GitHub takes a megabyte of summary a step, and shows nothing of a longer one.
if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
  {
    printf '### NetworkPolicy review\n\n'
    if [ "$status" -le 1 ]; then
      cat "$out/review.md"
    else
      printf 'There is none, for this was in the way:\n\n'
      # Indented it is code, whatever stands in it.
      sed 's/^/    /' "$out/errors.txt"
    fi
  } | LC_ALL=C awk '
    { size += length($0) + 1 }
    size > 1000000 { print "\n…and more: review.json has all of it."; exit }
    { print }' >>"$GITHUB_STEP_SUMMARY"
fi

if [ "$status" -gt 1 ]; then
  if [ -z "${BASE:-}" ]; then
    echo "review.sh: compared with $base; set BASE to compare with another revision" >&2
  fi
  exit "$status"
fi

# Of the first members of the report, which are one a line.
number() { sed -n "s/^  \"$1\": \([0-9]*\),\$/\1/p" "$out/review.json"; }

if [ -n "${GITHUB_OUTPUT:-}" ]; then
  gained=$(number gained)
  lost=$(number lost)
  changed=false
  if [ $((gained + lost)) -gt 0 ]; then changed=true; fi
  {
    echo "gained=$gained"
    echo "lost=$lost"
    echo "critical=$(number critical)"
    echo "changed=$changed"
    echo "report-path=$out"
  } >>"$GITHUB_OUTPUT"
fi
exit "$status"
