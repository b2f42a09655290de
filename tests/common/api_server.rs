//! A server on loopback for tests of providers: each answer is given as bytes, so that it can be wrong in every way in
//! which servers are.
#![allow(dead_code)] // each test binary uses its own part

use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A request that came.
pub(crate) struct Request {
    /// Its index, from 0.
    pub number: usize,
    /// The path and query.
    pub path: String,
    /// Headers, with names in lower case.
    pub headers: HashMap<String, String>,
    /// The body.
    pub body: Value,
}

/// What the server does.
pub(crate) enum Reply {
    /// A whole answer: status, further headers (lines that end in CR LF) and the body.
    Whole(u16, String, String),
    /// These bytes, and then the connection ends.
    Broken(String),
}

impl Reply {
    /// JSON under a status.
    pub(crate) fn json(status: u16, body: impl ToString) -> Reply {
        Reply::Whole(status, "content-type: application/json\r\n".to_owned(), body.to_string())
    }

    /// A stream of events, each of them JSON or a word.
    pub(crate) fn events<'a>(events: impl IntoIterator<Item = &'a str>) -> Reply {
        let body = events.into_iter().map(|event| format!("data: {event}\n\n")).collect();
        Reply::Whole(200, "content-type: text/event-stream; charset=utf-8\r\n".to_owned(), body)
    }

    /// A stream of events that breaks after these.
    pub(crate) fn cut_events<'a>(events: impl IntoIterator<Item = &'a str>) -> Reply {
        let mut bytes =
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 100000\r\n\r\n".to_owned();
        bytes.extend(events.into_iter().map(|event| format!("data: {event}\n\n")));
        Reply::Broken(bytes)
    }

    /// JSON that breaks off.
    pub(crate) fn truncated(start: &str) -> Reply {
        Reply::Broken(format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n{start}"
        ))
    }
}

type Answering = Pin<Box<dyn Future<Output = Reply> + Send>>;

/// The server, until dropped.
pub(crate) struct ApiServer {
    address: SocketAddr,
    requests: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl ApiServer {
    /// Starts a server that answers each request by `answer`.
    pub(crate) async fn start<Answer, Answered>(answer: Answer) -> ApiServer
    where
        Answer: Fn(Request) -> Answered + Send + Sync + 'static,
        Answered: Future<Output = Reply> + Send + 'static,
    {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let requests = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&requests);
        let answer: Arc<dyn Fn(Request) -> Answering + Send + Sync> =
            Arc::new(move |request| Box::pin(answer(request)));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (answer, count) = (Arc::clone(&answer), Arc::clone(&count));
                tokio::spawn(async move {
                    let _ = serve(stream, &*answer, &count).await; // the client may go at any time
                });
            }
        });
        ApiServer { address, requests, task }
    }

    /// The address, `http://127.0.0.1:PORT`.
    pub(crate) fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many requests have come.
    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

impl Drop for ApiServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    stream: TcpStream,
    answer: &(dyn Fn(Request) -> Answering + Send + Sync),
    count: &AtomicUsize,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
        let mut headers = HashMap::new();
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).await?;
            match line.trim_end().split_once(": ") {
                Some((name, value)) => headers.insert(name.to_ascii_lowercase(), value.to_owned()),
                None => break,
            };
        }
        let length = headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await?;
        let body = serde_json::from_slice(&body).unwrap_or_default();
        let number = count.fetch_add(1, Ordering::SeqCst);
        match answer(Request { number, path, headers, body }).await {
            Reply::Whole(status, headers, body) => {
                let length = body.len();
                let reply =
                    format!("HTTP/1.1 {status} Status\r\ncontent-length: {length}\r\n{headers}\r\n{body}");
                stream.write_all(reply.as_bytes()).await?;
            }
            Reply::Broken(bytes) => {
                stream.write_all(bytes.as_bytes()).await?;
                return stream.shutdown().await;
            }
        }
    }
}
