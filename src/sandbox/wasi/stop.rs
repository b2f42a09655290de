//! Why the host ends a guest.

/// Says that the host refuses to answer; it ends the guest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct HostRefusal(pub String);

/// Why the host ends a guest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HostStop {
    /// The guest exited with this code.
    #[error("the guest exited with code {0}")]
    Exited(i32),
    /// The guest printed more than it may.
    #[error("the guest printed too much")]
    OutputLimit,
    /// The guest handed the host more than it takes at once.
    #[error("the guest handed over too much at once")]
    MessageTooLong,
    /// The guest waits for too much at once.
    #[error("the guest has too many timers")]
    TooManyTimers,
    /// The host refused to answer.
    #[error("the host refused to answer: {0}")]
    AskRefused(#[from] HostRefusal),
    /// The guest called something that is not there.
    #[error("{module}.{name} is not provided")]
    NotProvided {
        /// The interface.
        module: String,
        /// The function.
        name: String,
    },
    /// The guest passed an address outside of its memory.
    #[error("the guest passed a bad address to the host")]
    BadPointer,
    /// The guest's turn was over, and it had handed nothing over.
    #[error("the guest gave no reply")]
    NoReply,
}
