# Says how long the sentences of a text are, in words.
#
# Usage: awk -f src/sentences.awk FILE   
{  
    words += NF
    sentences += gsub(/[.!?]/, "&")  
}
END { if (sentences) printf "%.1f words in a sentence\n", words / sentences }
