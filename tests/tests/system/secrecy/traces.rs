//! Finding a secret in a heap of bytes, whole or in part, however it is spelled.

use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The shortest part of a secret that counts, in characters.
const PART: usize = 12;

/// What to look for.
pub(crate) struct Traces {
    /// What each sequence of bytes is a trace of, by length.
    by_length: BTreeMap<usize, HashMap<Vec<u8>, String>>,
    /// Whether a sequence may begin with these two bytes; most places in a heap are passed by this alone.
    beginnings: Vec<bool>,
}

impl Traces {
    /// Every part of every secret in every spelling.
    pub(crate) fn of<'secret>(secrets: impl IntoIterator<Item = &'secret str>) -> Self {
        let mut traces = Self { by_length: BTreeMap::new(), beginnings: vec![false; 1 << 16] };
        for secret in secrets {
            for (spelling, text, length) in spellings(secret) {
                for part in text.windows(length) {
                    traces.beginnings[beginning(part)] = true;
                    let name = format!("{secret} ({spelling})");
                    traces.by_length.entry(length).or_default().insert(part.to_vec(), name);
                }
            }
        }
        traces
    }

    /// The secrets of which `heap` shows a trace, with its spelling.
    pub(crate) fn found_in(&self, heap: &[u8]) -> Vec<&str> {
        let mut found = BTreeSet::new();
        for (length, parts) in &self.by_length {
            for window in heap.windows(*length).filter(|window| self.beginnings[beginning(window)]) {
                found.extend(parts.get(window).map(String::as_str));
            }
        }
        found.into_iter().collect()
    }
}

fn beginning(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) << 8 | usize::from(bytes[1])
}

/// A name, the secret spelled that way, and how long a part of [`PART`] characters is in it.
fn spellings(secret: &str) -> Vec<(&'static str, Vec<u8>, usize)> {
    let bytes = secret.as_bytes();
    let hex = |byte: &u8| format!("{byte:02x}");
    let hex: String = bytes.iter().map(hex).collect();
    let url: String = bytes.iter().map(url_encoded).collect();
    let utf16 = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut spellings = vec![
        ("raw", bytes.to_vec(), PART),
        ("hexadecimal", hex.clone().into_bytes(), PART * 2),
        ("hexadecimal", hex.to_uppercase().into_bytes(), PART * 2),
        ("URL-encoded", url.clone().into_bytes(), PART),
        (
            "URL-encoded",
            url.replace("%2B", "%2b").replace("%2F", "%2f").replace("%3D", "%3d").into_bytes(),
            PART,
        ),
        ("UTF-16", utf16, PART * 2),
    ];
    for offset in 0..3 {
        let text = base64(bytes, offset);
        let url_safe = text.replace('+', "-").replace('/', "_");
        spellings.push(("base64", text.into_bytes(), PART / 3 * 4));
        spellings.push(("base64", url_safe.into_bytes(), PART / 3 * 4));
    }
    spellings
}

fn url_encoded(byte: &u8) -> String {
    if byte.is_ascii_alphanumeric() || b"-_.~".contains(byte) {
        char::from(*byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}

/// The characters of a base64 text that depend on `bytes` alone, where `offset` other bytes (modulo 3) come before.
fn base64(bytes: &[u8], offset: usize) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits = |position: usize| -> Option<u8> {
        let position = position.checked_sub(offset * 8)?;
        Some(bytes.get(position / 8)? >> (7 - position % 8) & 1)
    };
    let n_characters = (offset + bytes.len()) * 8 / 6;
    let characters = (0..n_characters).filter_map(|number| {
        let index =
            (0..6).try_fold(0, |index, bit| Some(index << 1 | usize::from(bits(number * 6 + bit)?)))?;
        Some(char::from(ALPHABET[index]))
    });
    characters.collect()
}

#[test]
fn a_secret_is_found_in_every_spelling_and_any_long_enough_part() {
    const SECRET: &str = "canary+Aa1/Bb2=Cc3~Dd4";
    let traces = Traces::of([SECRET]);
    for (spelling, text) in [
        ("raw", SECRET.as_bytes().to_vec()),
        ("raw", b"y+Aa1/Bb2=Cc".to_vec()),
        ("hexadecimal", b"63616e6172792b4161312f4262323d4363337e446434".to_vec()),
        ("hexadecimal", b"2B4161312F4262323D436333".to_vec()),
        ("URL-encoded", b"canary%2BAa1%2FBb2%3DCc3~Dd4".to_vec()),
        ("URL-encoded", b"ary%2bAa1%2fBb2".to_vec()),
        ("UTF-16", SECRET.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("base64", b"Y2FuYXJ5K0FhMS9CYjI9Q2MzfkRkNA==".to_vec()),
        // "Bearer " before it, and "xx" before it.
        ("base64", b"QmVhcmVyIGNhbmFyeStBYTEvQmIyPUNjM35EZDQ=".to_vec()),
        ("base64", b"eHhjYW5hcnkrQWExL0JiMj1DYzN+RGQ0".to_vec()),
    ] {
        let heap = [b"noise ".as_slice(), &text, b" noise"].concat();
        assert_eq!(traces.found_in(&heap), [format!("{SECRET} ({spelling})")], "{}", heap.escape_ascii());
    }
    assert!(traces.found_in(b"the hint Dd4, and y+Aa1/Bb2=C").is_empty(), "eleven characters are no trace");
}
