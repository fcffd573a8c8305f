# Counts the words of a text: one line per word, with its number first.
#
# Usage: awk -f src/words.awk FILE | sort -k1,1nr -k2
{
    line = tolower($0)
    gsub(/[^a-z]+/, " ", line)
    n = split(line, word, " ")
    for (i = 1; i <= n; i++) count[word[i]]++
}
END { for (w in count) print count[w], w }
