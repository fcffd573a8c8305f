//! Keeps secrets out of the log: their values are overwritten with `*`, byte for byte (offsets
//! stay), also where one arrives in pieces. An agent that encodes a secret gets past this.

/// Shorter values are not masked: they would blacken half of every log and hide nothing.
const SHORTEST: usize = 4;

/// The mask of one stream.
pub(super) struct Mask {
    needles: Vec<Vec<u8>>,
    /// The end of what came so far, as it came, where it may be the start of a secret.
    held: Vec<u8>,
    /// Which bytes of `held` belong to a secret.
    hidden: Vec<bool>,
}

impl Mask {
    /// For these values, and for each line of those with several.
    pub(super) fn new(values: &[String]) -> Self {
        let mut needles: Vec<Vec<u8>> = values
            .iter()
            .flat_map(|value| std::iter::once(value.as_str()).chain(value.lines()))
            .map(|value| value.trim_end_matches(['\r', '\n']).as_bytes().to_vec())
            .filter(|value| value.len() >= SHORTEST)
            .collect();
        needles.sort();
        needles.dedup();
        Self {
            needles,
            held: Vec::new(),
            hidden: Vec::new(),
        }
    }

    /// Whether there is nothing to hide; then the stream need not pass through here.
    pub(super) fn is_idle(&self) -> bool {
        self.needles.is_empty()
    }

    /// What may be shown after this chunk.
    pub(super) fn pass(&mut self, chunk: &[u8]) -> Vec<u8> {
        self.held.extend_from_slice(chunk);
        self.hidden.resize(self.held.len(), false);
        self.hide();
        self.show(self.held.len() - self.undecided())
    }

    /// The rest, when the stream is at its end.
    pub(super) fn finish(&mut self) -> Vec<u8> {
        self.show(self.held.len())
    }

    fn show(&mut self, count: usize) -> Vec<u8> {
        let bytes = self.held.drain(..count);
        bytes
            .zip(self.hidden.drain(..count))
            .map(|(byte, hidden)| if hidden { b'*' } else { byte })
            .collect()
    }

    fn hide(&mut self) {
        for needle in &self.needles {
            let mut from = 0;
            while let Some(at) = find(self.held.get(from..).unwrap_or_default(), needle) {
                from += at;
                if let Some(place) = self.hidden.get_mut(from..from + needle.len()) {
                    place.fill(true);
                }
                from += 1;
            }
        }
    }

    /// How many bytes at the end may still become a secret.
    fn undecided(&self) -> usize {
        let longest = |needle: &Vec<u8>| {
            let most = self.held.len().min(needle.len() - 1);
            (1..=most)
                .rev()
                .find(|count| self.held.get(self.held.len() - count..) == needle.get(..*count))
        };
        self.needles.iter().filter_map(longest).max().unwrap_or(0)
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut from = 0;
    while let Some(at) = haystack.get(from..)?.iter().position(|byte| *byte == first) {
        if haystack.get(from + at..)?.starts_with(needle) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(secrets: &[&str], chunks: &[&str], expected: &str) {
        let values: Vec<String> = secrets.iter().map(|s| (*s).to_owned()).collect();
        let mut mask = Mask::new(&values);
        let mut out: Vec<u8> = chunks
            .iter()
            .flat_map(|chunk| mask.pass(chunk.as_bytes()))
            .collect();
        out.extend(mask.finish());
        assert_eq!(
            String::from_utf8_lossy(&out),
            expected,
            "{secrets:?} {chunks:?}"
        );
    }

    #[test]
    fn secrets_are_covered_however_they_arrive() {
        check(&["hunter22"], &["a hunter22 b"], "a ******** b");
        check(&["hunter22"], &["a hun", "ter", "22 b"], "a ******** b");
        check(&["hunter22"], &["a hunt", "ing"], "a hunting");
        check(&["aaab"], &["aaa", "aab"], "aa****");
        check(&["abcd", "abcdef"], &["abcde", "f"], "******");
        check(&["abcd", "abcdef"], &["abcde", "x"], "****ex");
        check(&["abcd", "cdef"], &["abcdef"], "******");
        check(&["aaaa"], &["aaa", "aaa", "b"], "******b");
        check(&["line-one\nline-two\n"], &["x line-two"], "x ********");
        check(&["abc"], &["abc"], "abc");
        check(&[], &["abc"], "abc");
    }
}
