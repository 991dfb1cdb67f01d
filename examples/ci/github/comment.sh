#!/bin/sh
# Puts the report into the pull request: one comment, changed in place when there is one already.
#
#   COMMENT   true, false, or on-change: not when nothing changed and nothing was said before
#   CHANGED   whether a connection changed
#   REPORT    the directory that review.sh filled
#   NUMBER    of the pull request
set -eu

if [ "$COMMENT" = false ]; then exit 0; fi
marker='<!-- netpolc-review -->'
id=$(gh api --paginate "repos/$GITHUB_REPOSITORY/issues/$NUMBER/comments" \
  --jq ".[] | select(.body | startswith(\"$marker\")) | .id" | head -n 1)
if [ -n "$id" ]; then
  gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" \
    -F body=@"$REPORT/comment.md" --silent
elif [ "$COMMENT" = true ] || [ "$CHANGED" = true ]; then
  gh api --method POST "repos/$GITHUB_REPOSITORY/issues/$NUMBER/comments" \
    -F body=@"$REPORT/comment.md" --silent
fi
