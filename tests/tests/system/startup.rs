//! Starts that are refused, with an exit code for programs and a sentence for people.

use std::net::TcpListener;

use crate::harness::{Keywheel, Upstream, collect, script};

async fn alone() -> Upstream {
    Upstream::start(script("alpha", 1)).await
}

#[tokio::test]
async fn other_machines_are_let_in_only_with_an_access_key() {
    let alpha = alone().await;
    let builder = Keywheel::builder().provider(&alpha, 1);
    for host in ["0.0.0.0", "::"] {
        let (code, text) = builder.clone().arguments(&["--host", host]).fail().await;
        assert_eq!(code, Some(2), "--host {host}: {text}");
        assert!(text.contains("PROXY_API_KEY"), "it says what to do: {text}");
        assert!(!text.contains("listening on"), "{text}");
    }
    let (code, text) = builder.server("host = \"0.0.0.0\"").fail().await;
    assert_eq!(code, Some(2), "in the file: {text}");
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("it has an address").port().to_string();
    let alpha = alone().await;
    let builder = Keywheel::builder().provider(&alpha, 1).arguments(&["--port", &port]);
    let (code, text) = builder.fail().await;
    assert_eq!(code, Some(3), "{text}");
    assert!(text.contains(&port) && text.contains("--port"), "it says which and what to do: {text}");
}

#[tokio::test]
async fn a_mistake_in_the_configuration_is_named_with_its_place() {
    for (text, place) in [
        ("version = 1\n[server]\nport = \"many\"\n", "config.toml:3:8"),
        ("version = 1\n[server\n", "config.toml:2:"),
        ("[rotation]\n\nstrategy = \"luck\"\n", "config.toml:3:12"),
    ] {
        let (code, output) = Keywheel::builder().config(text).fail().await;
        assert_eq!(code, Some(2), "{text}: {output}");
        assert!(output.contains(place), "{text}: {output}");
    }
}

#[tokio::test]
async fn an_unknown_argument_is_a_usage_error() {
    let (code, output) = Keywheel::builder().arguments(&["--prot", "1"]).fail().await;
    assert_eq!(code, Some(2), "{output}");
    assert!(output.contains("--prot"), "{output}");
}

#[tokio::test]
async fn an_option_nobody_reads_is_reported_and_not_fatal() {
    let alpha = alone().await;
    let keywheel = Keywheel::builder().provider(&alpha, 1).server("prot = 1").start().await;
    let status = collect(keywheel.get("/status")).await.served().json();
    assert!(status["problems"].to_string().contains("server.prot"), "{status:#}");
    keywheel.ask().await.served();
}

#[tokio::test]
async fn a_key_whose_variable_is_missing_is_reported_and_the_others_serve() {
    let alpha = Upstream::start(script("alpha", 2)).await;
    let keywheel = Keywheel::builder().provider(&alpha, 1).variable("ALPHA_API_KEY_1", "").start().await;
    let status = collect(keywheel.get("/status")).await.served().json();
    assert!(status["problems"].to_string().contains("ALPHA_API_KEY_1"), "{status:#}");
    for _ in 0..3 {
        assert_eq!(keywheel.ask().await.served().key(), "alpha-2");
    }
    assert_eq!(alpha.counters().unknown_key.requests, 0, "no request goes out without a key");
}
