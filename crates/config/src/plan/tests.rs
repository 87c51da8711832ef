use std::path::Path;

use super::*;

fn made(config: &str, variables: &[(&str, &str)]) -> Plan {
    let config = crate::parse(Path::new("config.toml"), config).expect("a valid file").config;
    let key = |(provider, variable): &(&str, &str)| DiscoveredKey {
        provider: (*provider).to_owned(),
        variable: (*variable).to_owned(),
    };
    let discovered: Vec<_> = variables.iter().map(key).collect();
    plan(&config, &Catalogue::built_in().expect("valid data"), &discovered)
}

fn keys(plan: &Plan, provider: &str) -> Vec<String> {
    let provider = plan.fleet.provider(&provider.into()).expect("the provider takes part");
    provider.keys.iter().map(|key| format!("{}={}", key.label, key.id)).collect()
}

#[test]
fn variables_alone_are_enough() {
    let plan =
        made("", &[("groq", "GROQ_API_KEY_1"), ("groq", "GROQ_API_KEY_2"), ("openai", "OPENAI_API_KEY")]);
    assert_eq!(
        keys(&plan, "groq"),
        ["GROQ_API_KEY_1=env:GROQ_API_KEY_1", "GROQ_API_KEY_2=env:GROQ_API_KEY_2"]
    );
    let chain = plan.fleet.chain("chat-smart").expect("made of the standard models");
    assert_eq!(chain.tiers.len(), 2, "one tier per provider");
    assert_eq!(plan.fleet.active_model.as_deref(), Some("chat-smart"));
    assert_eq!(plan.problems, Vec::<String>::new());
}

#[test]
fn the_file_names_and_orders_keys_of_the_environment() {
    let file = r#"
        [[providers]]
        id = "openai"
        priority = 2
        [[providers]]
        id = "groq"
        [[providers.keys]]
        label = "work"
        env = "GROQ_API_KEY_2"
        [[providers.keys]]
        id = "k_1"
        label = "stored"
        [[models]]
        name = "fast"
        targets = ["groq/llama", { target = "openai/gpt", tier = 1 }]
    "#;
    let plan =
        made(file, &[("groq", "GROQ_API_KEY_1"), ("groq", "GROQ_API_KEY_2"), ("openai", "OPENAI_API_KEY")]);
    let expected = ["work=env:GROQ_API_KEY_2", "stored=k_1", "GROQ_API_KEY_1=env:GROQ_API_KEY_1"];
    assert_eq!(keys(&plan, "groq"), expected);
    assert_eq!(plan.key_sources.get(&"k_1".into()), Some(&KeySource::Store));
    let order: Vec<_> = plan.fleet.providers.iter().map(|provider| provider.id.as_str()).collect();
    assert_eq!(order, ["groq", "openai"], "by priority");
    assert_eq!(plan.fleet.chains[0].tiers.len(), 1, "equal tiers are one");
}

#[test]
fn an_own_address_replaces_the_catalogues() {
    let plan = made(
        "[[providers]]\nid = \"mistral\"\nbase_url = \"https://gateway.example/v1/\"\n",
        &[("mistral", "M")],
    );
    assert_eq!(plan.upstreams[&"mistral".into()].base_url, "https://gateway.example/v1");
}

#[test]
fn what_cannot_be_used_is_said() {
    let file = r#"
        [[providers]]
        id = "gorq"
        [[providers]]
        id = "lab"
        base_url = "http://127.0.0.1:1/v1"
        keyless = true
        [[providers]]
        id = "groq"
        [[providers.keys]]
        label = "nothing"
        [[models]]
        name = "m"
        targets = ["nobody/x", "lab", "lab/x"]
    "#;
    let plan = made(file, &[]);
    let mentions = [
        "'gorq' is not in the catalogue",
        "names neither",
        "'groq' has no key",
        "nobody/x",
        "provider/model",
    ];
    assert_eq!(plan.problems.len(), mentions.len(), "{:#?}", plan.problems);
    for mention in mentions {
        assert!(
            plan.problems.iter().any(|problem| problem.contains(mention)),
            "{mention}: {:#?}",
            plan.problems
        );
    }
    assert_eq!(keys(&plan, "lab"), ["no key needed=keyless:lab"]);
}

#[test]
fn groups_caps_and_abilities_reach_the_fleet() {
    let file = r#"
        [[providers]]
        id = "groq"
        [[providers.keys]]
        env = "GROQ_API_KEY"
        quota_group = "acme"
        limits = [{ model = "qwen/qwen3-32b", unit = "tokens", per = "day", amount = 5 }, { unit = "requests", per = "minute", amount = 3 }]
    "#;
    let plan = made(file, &[("groq", "GROQ_API_KEY")]);
    let key = plan.fleet.key(&"env:GROQ_API_KEY".into()).expect("it is planned");
    assert_eq!(key.owner(&"groq".into()).as_str(), "groq/acme");
    let models: Vec<_> = key.caps.iter().map(|cap| cap.model.as_ref().map(ModelId::as_str)).collect();
    assert_eq!(models, [Some("qwen/qwen3-32b"), None], "one for a model, one for all");
    let target = Target { provider: "groq".into(), model: "openai/gpt-oss-120b".into() };
    assert_eq!(plan.fleet.abilities(&target).context_tokens, Some(131_072));
}
