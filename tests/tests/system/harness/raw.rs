//! Requests byte for byte, where a client library would put things right.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::PATIENCE;

/// What came back on a connection.
#[derive(Debug)]
pub(crate) struct RawAnswer {
    /// `None` if the connection was closed without an answer.
    pub(crate) status: Option<u16>,
    /// The head, and of the body what came with it.
    pub(crate) text: String,
}

/// Sends `bytes` to a port of this machine and reads until the head of an answer is complete or the connection closed.
/// Nothing else is sent, so an answer to a head alone was decided on the head alone.
pub(crate) async fn raw_exchange(port: u16, bytes: &[u8]) -> RawAnswer {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("the port is open");
    // A server that refuses early may close before everything is written.
    let _ = stream.write_all(bytes).await;
    let mut received = Vec::new();
    let reading = async {
        let mut buffer = [0; 4096];
        while !received.windows(4).any(|bytes| bytes == b"\r\n\r\n") {
            match stream.read(&mut buffer).await {
                Ok(0) | Err(_) => break,
                Ok(count) => received.extend_from_slice(&buffer[..count]),
            }
        }
    };
    let in_time = timeout(PATIENCE, reading).await.is_ok();
    let text = String::from_utf8_lossy(&received).into_owned();
    assert!(in_time, "no complete answer in time to:\n{}\ngot:\n{text}", String::from_utf8_lossy(bytes));
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok());
    RawAnswer { status, text }
}
