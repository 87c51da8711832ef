use super::fixture::{key, provider};
use crate::{Fleet, Lane, OwnerEvidence};

#[test]
fn keys_under_one_name_are_proposed_as_one_group() {
    let mut fleet = Fleet {
        providers: vec![provider("groq", 1, vec![key("a", 1), key("b", 1), key("c", 1)])],
        ..Fleet::default()
    };
    let mut evidence = OwnerEvidence::default();
    for (id, owner) in [("a", "org_1"), ("b", "org_1"), ("c", "org_2")] {
        let lane = Lane { provider: "groq".into(), key: id.into(), model: "m".into() };
        evidence.note(&lane, owner.to_owned());
    }
    let proposals = evidence.proposals(&fleet);
    assert_eq!(proposals.len(), 1, "one owner has two keys: {proposals:?}");
    assert_eq!((proposals[0].owner.as_str(), proposals[0].labels.join(" ")), ("org_1", "a b".to_owned()));
    for key in fleet.providers[0].keys.iter_mut().take(2) {
        key.group = Some("acme".to_owned());
    }
    assert!(evidence.proposals(&fleet).is_empty(), "the person has put them together");
}
