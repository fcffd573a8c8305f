#!/bin/sh
# Runs all tests and prints a line for each. Exit code 1 when one of them failed.
failed=0
number=0

check() { # name, expected, actual
    number=$((number + 1))
    if [ "$2" = "$3" ]; then
        echo "ok $number - $1"
    else
        echo "not ok $number - $1: expected '$2', got '$3'"
        failed=1
    fi
    sleep 0.15
}

count() { printf '%s\n' "$1" | awk -f src/words.awk | sort -k1,1nr -k2 | tr '\n' ','; }

check "counts words" "2 a,1 b," "$(count 'a b a')"
check "does not care for case" "2 word," "$(count 'Word word')"
check "splits at signs" "1 left,1 right," "$(count 'left-right')"
check "knows nothing of an empty text" "" "$(printf '' | awk -f src/words.awk)"
check "measures sentences" "2.0 words in a sentence" "$(echo 'One two. Three four.' | awk -f src/sentences.awk)"
check "finds the most frequent word" "7 the" "$(sh bin/words.sh data/sample.txt | head -n 1)"

# A flaky test, on purpose: it fails in the first attempt and never again. Real ones are less polite.
check "answers in time" "in time" "$([ "${OFFSHOOT_ATTEMPT_NUMBER:-2}" -gt 1 ] && echo 'in time' || echo 'too late')"

[ "$failed" = 0 ] && echo "$number tests passed"
exit "$failed"
