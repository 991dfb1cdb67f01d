#!/bin/sh
# Reviews a change of NetworkPolicies: prints which connections it opens and closes, and leaves a
# report in every format in a directory. The same in any CI; action.yml and the GitLab template
# call it. Exits as netpolc review does: 0 fine, 1 the gate failed, 2 bad input, 3 no git.
#
#   BASE          what to compare with (default: where HEAD parted from origin/main)
#   HEAD_REF      what is reviewed (default: the files as they are)
#   PATHS         files and directories, separated by spaces (default: the current directory)
#   FAIL_ON       any, gained, lost, critical or none (default: any)
#   ALLOW_FILE    changes that were accepted on purpose (default: none)
#   OUT_DIR       where the reports go (default: .netpolc-review, which no command
#                 takes for manifests)
#   NETPOLC       the program (default: netpolc)
#
# On GitHub the numbers also go to $GITHUB_OUTPUT and the report to $GITHUB_STEP_SUMMARY.
set -eu

netpolc=${NETPOLC:-netpolc}
out=${OUT_DIR:-.netpolc-review}
head_ref=${HEAD_REF:-}
base=${BASE:-}

if [ -z "$base" ]; then
  base=$(git merge-base origin/main "${head_ref:-HEAD}" 2>/dev/null) || {
    echo "review.sh: no BASE, and origin/main is not here or has no common history:" >&2
    echo "review.sh: set BASE, or fetch the whole history (fetch-depth: 0)" >&2
    exit 2
  }
fi

set -- "$base..$head_ref"
for path in ${PATHS:-}; do set -- "$@" -f "$path"; done
if [ -n "${ALLOW_FILE:-}" ]; then set -- "$@" --allow "$ALLOW_FILE"; fi

mkdir -p "$out"
status=0
"$netpolc" review "$@" --fail-on "${FAIL_ON:-any}" \
  -o text="$out/review.txt" -o json="$out/review.json" -o sarif="$out/review.sarif" \
  -o github-md="$out/comment.md" -o md="$out/review.md" -o junit="$out/review.junit.xml" \
  -o gitlab="$out/codequality.json" -o svg="$out/review.svg" || status=$?

# 0 and 1 are answers; with anything else there is no report.
if [ "$status" -gt 1 ]; then exit "$status"; fi
cat "$out/review.txt"

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
if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then cat "$out/review.md" >>"$GITHUB_STEP_SUMMARY"; fi
exit "$status"
