//! Secrets appear nowhere but on the way to their own provider.
//!
//! The environment of the process holds them by design and is not searched.

mod traces;

use std::path::Path;

use http::StatusCode;
use keywheel_simulator::{Fault, KeyScript, Scope, Script};

use crate::harness::{Answer, Keywheel, PLAIN, STREAM, Upstream, collect, script};
use traces::Traces;

/// Made up, and spelled differently in every encoding.
const KEYS: [&str; 6] = [
    "canary+Zq7/XwR4=Vb9~Kp2Mn5Ty",
    "canary+Hd3/LsG8=Qc6~Rj1Wf4Ue",
    "canary+Bx5/NtY2=Mk7~Dz9Pv3Aw",
    "canary+Jg8/CfS6=Th4~Xq2Lb7Ro",
    "canary+Wp1/VdK9=Ez3~Gn6Yc8Hi",
    "canary+Mt4/RbJ7=Us5~Fw1Qx9Nk",
];
const ACCESS_KEY: &str = "canary+Ky6/PhD3=Ov8~Tc5Sg2Zl";
const ADMIN_TOKEN: &str = "canary+Nf9/WjB1=Ia4~Mr7Vu6Ex";
const PROMPT: &str = "canary prompt Lh2 Qy8 Kd5 Zt1";

/// A place that was searched, and what is in it.
type Place = (String, Vec<u8>);

/// An error whose text repeats the key, as some providers' do.
fn telling(status: StatusCode, key: &str) -> Fault {
    let body = format!(
        r#"{{"error":{{"message":"Incorrect API key provided: {key}","type":"error","param":null,"code":"simulated"}}}}"#
    );
    Fault::Status { status, body: Some(body), headers: http::HeaderMap::new() }
}

/// One key for each path a secret can take: limited, rejected, failing, breaking off, and two that serve.
async fn provider() -> Upstream {
    let keys = KEYS.iter().map(|secret| KeyScript::new(*secret)).collect();
    let alpha = Upstream::start(Script { keys, ..script("alpha", 0) }).await;
    let [limited, rejected, failing, in_stream, broken, _] = KEYS;
    alpha.push_fault(Scope::key(limited), telling(StatusCode::TOO_MANY_REQUESTS, limited), 1);
    alpha.push_fault(Scope::key(rejected), telling(StatusCode::UNAUTHORIZED, rejected), 1);
    alpha.push_fault(Scope::key(failing), telling(StatusCode::INTERNAL_SERVER_ERROR, failing), 2);
    let code = "server_error".to_owned();
    alpha.push_fault(Scope::key(in_stream), Fault::ErrorFrame { after_events: 5, code }, 1);
    alpha.push_fault(Scope::key(broken), Fault::ResetMidStream { after_events: 5 }, 1);
    alpha
}

async fn start(alpha: &Upstream) -> Keywheel {
    let builder = Keywheel::builder().provider(alpha, 1).variable("KEYWHEEL_LOG", "trace");
    builder.variable("PROXY_API_KEY", ACCESS_KEY).variable("KEYWHEEL_ADMIN_TOKEN", ADMIN_TOKEN).start().await
}

/// Asks until every key was used, then everything else there is; returns all answers.
async fn all_answers(keywheel: &Keywheel, alpha: &Upstream) -> Vec<Place> {
    let mut answers = Vec::new();
    for number in 1..=KEYS.len() * 2 {
        let body = if number % 3 == 0 { PLAIN } else { STREAM };
        let body = body.replace("hello", PROMPT);
        // Each in a conversation of its own: one would stay with its key.
        let question = keywheel.chat(body).header("x-keywheel-session", number.to_string());
        answers.push((format!("answer {number}"), collect(question.bearer_auth(ACCESS_KEY)).await));
    }
    for key in KEYS {
        assert!(alpha.counters().key(key).requests > 0, "every path was taken: {:#?}", alpha.counters());
    }
    let unknown = PLAIN.replace("\"test\"", "\"none\"");
    answers.push(("unknown model".to_owned(), collect(keywheel.chat(unknown).bearer_auth(ACCESS_KEY)).await));
    answers.push(("no access".to_owned(), collect(keywheel.chat(PLAIN)).await));
    for path in ["/status", "/v1/models", "/health", "/", "/no/such/path"] {
        answers.push((path.to_owned(), collect(keywheel.get(path).bearer_auth(ACCESS_KEY)).await));
    }
    for path in ["/api/state", "/api/no/such/path", "/ui/"] {
        answers.push((path.to_owned(), collect(keywheel.get(path).bearer_auth(ADMIN_TOKEN)).await));
    }
    answers.into_iter().map(place).collect()
}

fn place((name, answer): (String, Answer)) -> Place {
    let mut bytes = format!("{:?}", answer.headers).into_bytes();
    bytes.extend_from_slice(&answer.body);
    (name, bytes)
}

async fn first_event(keywheel: &Keywheel) -> Place {
    let mut events =
        keywheel.get("/api/events").bearer_auth(ADMIN_TOKEN).send().await.expect("events are served");
    let chunk = events.chunk().await.expect("the stream lasts").expect("the first event comes at once");
    ("/api/events".to_owned(), chunk.to_vec())
}

/// Configuration, database, logs, arguments.
fn left_behind(keywheel: &Keywheel) -> Vec<Place> {
    let mut places = files_under(keywheel.folder());
    let output = keywheel.program().output();
    places.push(("standard output".to_owned(), output.stdout.clone()));
    places.push(("the log".to_owned(), output.stderr.clone()));
    drop(output);
    #[cfg(target_os = "linux")]
    if let Ok(arguments) = std::fs::read(format!("/proc/{}/cmdline", keywheel.program().id())) {
        places.push(("arguments".to_owned(), arguments));
    }
    places
}

fn files_under(folder: &Path) -> Vec<Place> {
    let entries = std::fs::read_dir(folder).expect("the folder can be read");
    let paths = entries.map(|entry| entry.expect("an entry can be read").path());
    let places = paths.flat_map(|path| {
        if path.is_dir() {
            return files_under(&path);
        }
        let bytes = std::fs::read(&path).expect("the file can be read");
        vec![(path.display().to_string(), bytes)]
    });
    places.collect()
}

/// Fails with every place that shows a trace.
#[track_caller]
fn assert_clean(traces: &Traces, places: &[Place]) {
    let hits = places.iter().filter_map(|(name, bytes)| {
        let hits = traces.found_in(bytes);
        (!hits.is_empty()).then(|| format!("{name}: {}", hits.join(", ")))
    });
    let hits: Vec<_> = hits.collect();
    assert!(hits.is_empty(), "secrets were found in {} places:\n{}", hits.len(), hits.join("\n"));
}

#[track_caller]
fn holding<'place>(places: &'place [Place], name: &str, text: &str) -> &'place [u8] {
    let (_, bytes) = places.iter().find(|(own, _)| own.ends_with(name)).expect("the place was searched");
    assert!(
        bytes.windows(text.len()).any(|window| window == text.as_bytes()),
        "{name} does not hold '{text}'"
    );
    bytes
}

#[tokio::test]
async fn secrets_appear_nowhere() {
    let secrets = Traces::of(KEYS.iter().copied().chain([ACCESS_KEY, ADMIN_TOKEN]));
    let alpha = provider().await;
    let mut keywheel = start(&alpha).await;
    let answers = all_answers(&keywheel, &alpha).await;
    keywheel.history_when(|rows| rows.iter().all(|row| row.status != "started")).await;
    let mut places = left_behind(&keywheel);
    // The search would also be clean if it looked at nothing.
    holding(&places, "the log", "TRACE");
    holding(&places, "keywheel.db-wal", "rate_limited");
    holding(&answers, "/api/state", "alpha-1");
    assert_clean(&secrets, &answers);
    assert_clean(&secrets, &places);
    assert_clean(&secrets, &[first_event(&keywheel).await]);
    // Prompts are the clients' secrets; only answers may repeat them.
    let prompt = Traces::of([PROMPT]);
    assert_clean(&prompt, &places);

    #[cfg(unix)]
    {
        keywheel.program().terminate();
        keywheel.program_mut().exit().await;
    }
    #[cfg(not(unix))]
    keywheel.kill();
    places = left_behind(&keywheel);
    assert_clean(&secrets, &places);
    assert_clean(&prompt, &places);
}
