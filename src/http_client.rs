//! What all requests over HTTP have in common: who asks, when neither a proxy nor certificates are needed, and what an
//! error says.

use std::error::Error;

use reqwest::{Client, ClientBuilder};
use url::{Host, Url};

/// What makes a client for the server of an address.
pub(crate) fn builder(url: &Url) -> ClientBuilder {
    // Fails only where a provider is in place already, and then that one serves.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = Client::builder().user_agent(concat!("karat/", env!("CARGO_PKG_VERSION")));
    if is_loopback(url) {
        builder = builder.no_proxy();
    }
    if url.scheme() != "https" {
        builder = builder.tls_certs_only([]); // so that none need to be there
    }
    builder
}

/// What the causes of an error say, each thing once. The error itself would say the address, which the caller names.
pub(crate) fn words_of(error: &reqwest::Error) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !words.iter().any(|earlier| earlier.contains(&text)) {
            words.push(text);
        }
        cause = error.source();
    }
    if words.is_empty() { "the request could not be sent".to_owned() } else { words.join(": ") }
}

/// Whether an address is on this machine, so that no proxy can lead there.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
