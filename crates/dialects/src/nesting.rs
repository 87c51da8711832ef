//! A cap on JSON nesting, checked before anything parses the body.

/// Deepest nesting of arrays and objects a body may have.
pub const MAX_JSON_DEPTH: usize = 128;

/// Whether `json` nests deeper than [`MAX_JSON_DEPTH`]. Brackets inside strings do not count.
pub(crate) fn is_too_deep(json: &[u8]) -> bool {
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut escaped = false;
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => depth += 1,
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_JSON_DEPTH {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_real_brackets_count() {
        assert!(!is_too_deep(&b"[".repeat(MAX_JSON_DEPTH)));
        assert!(is_too_deep(&b"[".repeat(MAX_JSON_DEPTH + 1)));
        let text = format!("{{\"a\":\"{}\\\"{}\"}}", "[".repeat(200), "{".repeat(200));
        assert!(!is_too_deep(text.as_bytes()), "brackets in a string are text");
    }
}
