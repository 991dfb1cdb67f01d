#!/bin/sh
# Puts the report into the pull request: one comment, changed in place when there is one already.
#
#   COMMENT   true, false, or on-change: not when nothing changed and nothing was said before
#   CHANGED   whether a connection changed
#   REPORT    the directory that review.sh filled
#   NUMBER    of the pull request
set -eu

if [ "$COMMENT" = false ]; then exit 0; fi

# A token that may only read, as that of a fork's pull request, fails no review.
warn() {
  echo "::warning title=netpolc::$1: the job needs pull-requests: write; its summary has the review"
  exit 0
}

# Anyone can write the marker; only a bot's comment is ours to change.
ours='.user.type == "Bot" and (.body | startswith("<!-- netpolc-review -->"))'
found=$(gh api --paginate "repos/$GITHUB_REPOSITORY/issues/$NUMBER/comments" \
  --jq ".[] | select($ours) | .id") || warn "comments cannot be read"
id=$(printf '%s\n' "$found" | head -n 1)
if [ -n "$id" ]; then
  set -- --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id"
elif [ "$COMMENT" = true ] || [ "$CHANGED" = true ]; then
  set -- --method POST "repos/$GITHUB_REPOSITORY/issues/$NUMBER/comments"
else
  exit 0
fi
gh api "$@" -F body=@"$REPORT/comment.md" --silent || warn "the comment cannot be written"
