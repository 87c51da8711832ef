use proptest::prelude::*;

use super::*;

#[track_caller]
fn check_added(before: &str, provider: &str, after: &str) {
    assert_eq!(add_key(before, provider, "k_new", Some("work")).expect("it can be added"), after);
}

#[track_caller]
fn check_removed(before: &str, id: &str, after: &str) {
    assert_eq!(remove_key(before, "groq", &key(id)).expect("it can be removed"), after);
}

fn key(id: &str) -> KeyEntry {
    KeyEntry { id: Some(id.to_owned()), ..KeyEntry::default() }
}

#[test]
fn a_first_key_brings_its_provider() {
    check_added(
        "version = 1\n",
        "groq",
        "version = 1\n\n[[providers]]\nid = \"groq\"\n  [[providers.keys]]\n  id = \"k_new\"\n  label = \"work\"\n",
    );
}

#[test]
fn a_further_key_follows_the_last_one_and_what_belongs_to_it() {
    check_added(
        "[[providers]]\nid = \"groq\"\n[[providers.keys]]\nid = \"k_1\" # mine\n[providers.keys.future]\na = 1\n\n# more\n[[providers]]\nid = \"mistral\"\n",
        "groq",
        "[[providers]]\nid = \"groq\"\n[[providers.keys]]\nid = \"k_1\" # mine\n[providers.keys.future]\na = 1\n\
         [[providers.keys]]\nid = \"k_new\"\nlabel = \"work\"\n\n# more\n[[providers]]\nid = \"mistral\"\n",
    );
}

#[test]
fn a_first_key_stands_before_the_tables_of_its_provider() {
    check_added(
        "[[providers]]\nextra.deep = 1\nid = 'groq'\n\n[providers.future]\na = 1\n",
        "groq",
        "[[providers]]\nextra.deep = 1\nid = 'groq'\n  [[providers.keys]]\n  id = \"k_new\"\n  label = \"work\"\n\n[providers.future]\na = 1\n",
    );
}

#[test]
fn keys_in_one_value_get_another_one_there() {
    let cases = [
        ("[]", "[{ id = \"k_new\", label = \"work\" }]"),
        ("[ {id = \"k_1\"}, ]", "[ {id = \"k_1\"}, { id = \"k_new\", label = \"work\" }, ]"),
        (
            "[ # all\n  {id = \"k_1\"} # mine\n]",
            "[ # all\n  {id = \"k_1\"}, { id = \"k_new\", label = \"work\" } # mine\n]",
        ),
    ];
    for (before, after) in cases {
        let text = |keys: &str| format!("[[providers]]\nid = \"groq\"\nkeys = {keys}\n");
        check_added(&text(before), "groq", &text(after));
    }
}

#[test]
fn line_endings_and_a_missing_last_one_stay() {
    check_added(
        "[[providers]]\r\nid = \"groq\"",
        "groq",
        "[[providers]]\r\nid = \"groq\"\r\n  [[providers.keys]]\r\n  id = \"k_new\"\r\n  label = \"work\"\r\n",
    );
}

#[test]
fn a_byte_order_mark_moves_nothing() {
    check_added(
        "\u{feff}[[providers]]\nid = \"groq\"\nkeys = []\n",
        "groq",
        "\u{feff}[[providers]]\nid = \"groq\"\nkeys = [{ id = \"k_new\", label = \"work\" }]\n",
    );
}

#[test]
fn any_label_is_written_so_that_it_is_read_back() {
    for label in ["a \"b\" c", "it's", "back\\slash", "ü 🔑", "# no comment", "]"] {
        let text = add_key("", "groq", "k_1", Some(label)).expect("it can be added");
        let config = config_of(&text).expect("still valid");
        assert_eq!(config.providers[0].keys[0].label.as_deref(), Some(label), "in {text}");
    }
}

#[test]
fn the_entry_goes_and_the_lines_around_it_stay() {
    check_removed(
        "[[providers]]\nid = \"groq\"\n\n# mine\n  [[providers.keys]] # first\n  # really\n  id = \"k_1\"\n  future = 2 # unknown\n\n# theirs\n  [[providers.keys]]\n  id = \"k_2\"\n# end\n",
        "k_1",
        "[[providers]]\nid = \"groq\"\n\n# mine\n\n# theirs\n  [[providers.keys]]\n  id = \"k_2\"\n# end\n",
    );
}

#[test]
fn the_tables_of_an_entry_go_with_it() {
    check_removed(
        "[[providers]]\nid = \"groq\"\n[[providers.keys]]\nid = \"k_1\"\n[server]\nport = 1\n[[providers.keys]]\nid = \"k_2\"\n[providers.keys.a]\nb = 1\n[providers.keys.a.c]\n[rotation]\n",
        "k_2",
        "[[providers]]\nid = \"groq\"\n[[providers.keys]]\nid = \"k_1\"\n[server]\nport = 1\n[rotation]\n",
    );
}

#[test]
fn an_entry_in_one_value_goes_with_one_comma() {
    let cases = [
        ("[{id = \"k_1\"}]", "k_1", "[]"),
        ("[{id = \"k_1\"}, {id = \"k_2\"}]", "k_1", "[ {id = \"k_2\"}]"),
        ("[{id = \"k_1\"}, {id = \"k_2\"}]", "k_2", "[{id = \"k_1\"}]"),
        ("[\n  {id = \"k_1\"},\n  {id = \"k_2\"},\n]", "k_2", "[\n  {id = \"k_1\"},\n]"),
        (
            "[\n  {id = \"k_1\"}, # a, b\n  {id = \"k_2\"} # c\n]",
            "k_2",
            "[\n  {id = \"k_1\"} # a, b\n   # c\n]",
        ),
    ];
    for (before, id, after) in cases {
        let text = |keys: &str| format!("[[providers]]\nid = \"groq\"\nkeys = {keys}\n");
        check_removed(&text(before), id, &text(after));
    }
}

#[test]
fn a_key_from_a_variable_is_found_by_the_variable() {
    let text =
        "[[providers]]\nid = \"groq\"\n[[providers.keys]]\nenv = \"A\"\n[[providers.keys]]\nenv = \"B\"\n";
    let key = KeyEntry { env: Some("B".to_owned()), ..KeyEntry::default() };
    let edited = remove_key(text, "groq", &key).expect("it can be removed");
    assert_eq!(edited, "[[providers]]\nid = \"groq\"\n[[providers.keys]]\nenv = \"A\"\n");
}

#[test]
fn what_is_not_there_or_not_editable_is_refused() {
    let missing = remove_key("[[providers]]\nid = \"groq\"\n", "groq", &key("k_1"));
    assert!(matches!(missing, Err(EditError::NoSuchKey { .. })), "{missing:?}");
    let inline = add_key("providers = [{ id = \"groq\" }]\n", "groq", "k_1", None);
    assert!(matches!(inline, Err(EditError::Layout { .. })), "{inline:?}");
    let broken = add_key("[server\n", "groq", "k_1", None);
    assert!(matches!(broken, Err(EditError::Load(_))), "{broken:?}");
}

/// A file as a person might leave it: sections in any order, with comments, blank lines and unknown keys between.
fn file() -> impl Strategy<Value = String> {
    let noise = prop_oneof![
        Just(String::new()),
        "# [a-z\\[\\]=\"',{} ]{0,20}\n".prop_map(|line| line),
        "\n{1,2}".prop_map(|lines| lines),
        "[ \t]{1,3}\n".prop_map(|line| line),
    ];
    let key = (noise.clone(), noise.clone(), "[ ]{0,4}", any::<bool>()).prop_map(
        |(above, inside, indentation, has_table)| {
            let table = if has_table { "[providers.keys.future]\nx = [1, # one\n 2]\n" } else { "" };
            format!("{above}{indentation}[[providers.keys]] # k\n{inside}{indentation}id = \"k_ID\"\nunknown = 'u' # 1\n{table}")
        },
    );
    let keys = proptest::collection::vec(key, 0..4);
    let provider =
        (noise.clone(), noise.clone(), keys, any::<bool>()).prop_map(|(above, below, keys, is_split)| {
            let split = if is_split { "priority = 2\n" } else { "" };
            format!("{above}[[providers]]\nid = \"p_ID\"\n{split}{}{below}", keys.concat())
        });
    let section = prop_oneof![
        4 => provider,
        1 => noise.prop_map(|noise| noise),
    ];
    let tail = prop_oneof![Just("[server]\nport = 1 # one"), Just("[future]\nlist = [\n 1,\n]\n"), Just("")];
    (proptest::collection::vec(section, 0..5), tail, any::<bool>()).prop_map(|(sections, tail, is_crlf)| {
        let text = format!("version = 1\n{}{tail}", sections.concat());
        let text = numbered(&text);
        if is_crlf { text.replace('\n', "\r\n") } else { text }
    })
}

/// Each `ID` becomes a number of its own.
fn numbered(text: &str) -> String {
    let mut parts = text.split("ID");
    let first = parts.next().unwrap_or_default().to_owned();
    (0..).zip(parts).fold(first, |text, (number, part)| format!("{text}{number}{part}"))
}

/// Whether `longer` is `shorter` with one piece put in.
fn is_one_insertion(shorter: &str, longer: &str) -> bool {
    let (shorter, longer) = (shorter.as_bytes(), longer.as_bytes());
    let same = shorter.iter().zip(longer).take_while(|(left, right)| left == right).count();
    let rest = &shorter[same..];
    longer.len() >= shorter.len() && longer.ends_with(rest)
}

proptest! {
    #[test]
    fn an_added_key_changes_no_other_byte_and_comes_out_again(text in file(), pick in any::<prop::sample::Index>()) {
        let config = config_of(&text).expect("the test makes valid files");
        let mut names: Vec<_> = config.providers.iter().map(|entry| entry.id.as_str()).collect();
        names.push("new");
        let provider = *pick.get(&names);

        let added = add_key(&text, provider, "k_new", Some("label")).expect("it can be added");
        prop_assert!(is_one_insertion(&text, &added), "more than an insertion:\n{text}\nbecame\n{added}");

        let removed = remove_key(&added, provider, &key("k_new")).expect("it can be removed");
        if provider == "new" || !text.ends_with('\n') {
            prop_assert!(removed.starts_with(&text), "the old text stays:\n{text}\nbecame\n{removed}");
        } else {
            prop_assert_eq!(removed, text);
        }
    }

    #[test]
    fn a_removed_key_takes_only_its_own_lines(text in file(), pick in any::<prop::sample::Index>()) {
        let config = config_of(&text).expect("the test makes valid files");
        let keys: Vec<_> =
            config.providers.iter().flat_map(|entry| entry.keys.iter().map(|key| (entry.id.as_str(), key))).collect();
        if keys.is_empty() {
            return Ok(());
        }
        let (provider, gone) = *pick.get(&keys);

        let removed = remove_key(&text, provider, gone).expect("it can be removed");
        let id = gone.id.as_deref().expect("made with one");
        prop_assert!(!removed.contains(&format!("\"{id}\"")), "{id} is still in\n{removed}");
        let kept = removed.lines().count();
        prop_assert!(text.lines().count() - kept <= 8, "an entry has at most eight lines:\n{text}\nbecame\n{removed}");
        let mut lines = text.lines();
        prop_assert!(removed.lines().all(|line| lines.any(|old| old == line)), "a line changed:\n{removed}");
    }
}
