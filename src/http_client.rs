//! What all requests over HTTP have in common: who asks, and when neither a proxy nor certificates are needed.

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

/// Whether an address is on this machine, so that no proxy can lead there.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
