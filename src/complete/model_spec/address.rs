//! Where a server is: [`ServerAddress`], which never holds a secret.

use std::fmt;
use std::str::FromStr;

use url::Url;

use crate::shown::shown;

/// The address of an API: http or https, without user, query or fragment, and without a slash at its end.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ServerAddress(Url);

/// Why an address is not usable. No message repeats it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It can not be parsed.
    #[error("the address is not one ({}); give http://HOST:PORT/v1, or https", shown(_0))]
    NotAnAddress(String),
    /// It is neither http nor https.
    #[error("the address is neither http nor https; give http://HOST:PORT/v1")]
    Scheme,
    /// It holds a user name or a password.
    #[error(
        "the address holds a user name or a password, which would end up in records; take it out, and give the key \
         in the environment (KARAT_API_KEY for a server of your own)"
    )]
    Secret,
    /// It holds a query other than `api`.
    #[error(
        "the address has a query that is not known; behind the ? there can only be api=chat or api=completions"
    )]
    Query,
}

impl ServerAddress {
    /// The address of a path of the API: `chat/completions`, say.
    pub fn join(&self, path: &str) -> String {
        format!("{self}/{path}")
    }

    /// It as an address of any kind.
    pub(crate) fn url(&self) -> &Url {
        &self.0
    }
}

impl FromStr for ServerAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let url = Url::parse(text).map_err(|error| AddressError::NotAnAddress(error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(AddressError::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressError::Secret);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(AddressError::Query);
        }
        Ok(ServerAddress(url))
    }
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.as_str().trim_end_matches('/'))
    }
}
