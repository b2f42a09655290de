use super::*;
use crate::model::frames::{Finish, PromptText, RequestError};
use crate::model::sampling::{SampleKey, Sampling};
use crate::model::text::Stops;

fn task(count: u64) -> Task {
    Task::Complete(CompletionTask {
        prompt: PromptText::new("p", false, false),
        keys: (0..count).map(SampleKey).collect(),
        sampling: Sampling::default(),
        stops: Stops::default(),
        most_tokens: 5,
        log_probabilities: None,
    })
}

fn completion(text: &str) -> GeneratedText {
    let text = text.to_owned();
    GeneratedText { text, finish: Finish::Stop, prompt_tokens: 1, tokens: 1, log_probabilities: None }
}

type Inbox = mpsc::UnboundedReceiver<ToWorker>;

fn running(slots: &[usize]) -> (PoolState, Vec<Inbox>) {
    let mut state = PoolState::new(slots.iter().copied());
    let inboxes = (0..slots.len()).map(|worker| {
        let (sender, receiver) = mpsc::unbounded_channel();
        state.started(worker, None, sender);
        receiver
    });
    let inboxes = inboxes.collect();
    (state, inboxes)
}

fn died() -> ModelError {
    ModelError::Died {
        device: crate::model::device::DeviceName::Cpu,
        how: "was ended by SIGKILL (9)".to_owned(),
        log: String::new(),
    }
}

/// Answers everything that a worker has, each completion with its key.
fn answer(state: &mut PoolState, worker: usize, inbox: &mut Inbox) -> usize {
    let mut count = 0;
    while let Ok(message) = inbox.try_recv() {
        let ToWorker::Complete(number, task) = message else { continue };
        // In any order.
        for (index, key) in task.keys.iter().enumerate().rev() {
            let done = FromWorker::Completed(number, index as u32, completion(&key.0.to_string()));
            state.take(worker, done).unwrap();
            count += 1;
        }
    }
    count
}

fn texts(receiver: &mut oneshot::Receiver<Result<WorkerAnswer, ModelError>>) -> Vec<String> {
    match receiver.try_recv() {
        Ok(Ok(WorkerAnswer::Completions(completions))) => {
            completions.into_iter().map(|one| one.text).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn answers_come_in_the_order_of_their_keys() {
    let (mut state, mut inboxes) = running(&[4, 4]);
    let (_, mut large) = state.ask(task(37));
    let (_, mut small) = state.ask(task(1));
    let mut counts = [0, 0];
    for _ in 0..3 {
        for worker in [0, 1] {
            counts[worker] += answer(&mut state, worker, &mut inboxes[worker]);
        }
    }
    assert_eq!(texts(&mut large), (0..37).map(|key| key.to_string()).collect::<Vec<_>>());
    assert_eq!(texts(&mut small), ["0"]);
    assert_eq!(counts.iter().sum::<usize>(), 38);
    assert!(counts.iter().all(|count| *count >= 18), "{counts:?}");
    assert!(state.parts.is_empty() && state.requests.is_empty() && state.queue.is_empty());
    assert!(state.workers.iter().all(|worker| worker.load == 0));
}

#[test]
fn single_requests_are_spread() {
    let (mut state, mut inboxes) = running(&[4, 4]);
    let receivers: Vec<_> = (0..40).map(|_| state.ask(task(1)).1).collect();
    let count = |inbox: &mut Inbox| std::iter::from_fn(|| inbox.try_recv().ok()).count();
    // Each has as many as its slots and somewhat more; the rest waits for the first that is free.
    assert_eq!((count(&mut inboxes[0]), count(&mut inboxes[1])), (7, 7));
    assert_eq!(state.queue.len(), 26);
    drop(receivers);
}

#[test]
fn a_death_fails_what_was_on_its_way_alone() {
    let (mut state, mut inboxes) = running(&[1, 1]);
    let mut receivers: Vec<_> = (0..6).map(|_| state.ask(task(1)).1).collect();
    state.ended(0, &died());
    let failed: Vec<bool> =
        receivers.iter_mut().map(|receiver| matches!(receiver.try_recv(), Ok(Err(_)))).collect();
    assert_eq!(failed.iter().filter(|failed| **failed).count(), 2);
    answer(&mut state, 1, &mut inboxes[1]);
    let (sender, mut restarted) = mpsc::unbounded_channel();
    state.started(0, None, sender);
    answer(&mut state, 0, &mut restarted);
    answer(&mut state, 1, &mut inboxes[1]);
    assert!(state.requests.is_empty());
    assert!(state.workers.iter().all(|worker| worker.load == 0));
    // If a part of a request was on a dead worker, the whole request fails.
    let (_, mut both) = state.ask(task(2));
    state.ended(0, &died());
    assert_eq!(both.try_recv().unwrap().unwrap_err(), died());
    assert!(state.parts.is_empty());
    assert_eq!(state.workers[1].load, 0);
}

#[test]
fn without_workers_everything_fails() {
    let (mut state, _inboxes) = running(&[1, 1]);
    let (_, mut waiting) = state.ask(task(9));
    state.gone(0, &died());
    let (_, mut later) = state.ask(task(1));
    state.gone(1, &died());
    let (_, mut after) = state.ask(task(1));
    for receiver in [&mut waiting, &mut later, &mut after] {
        assert_eq!(receiver.try_recv().unwrap().unwrap_err(), died());
    }
}

#[test]
fn a_cancelled_request_makes_room() {
    let (mut state, mut inboxes) = running(&[2]);
    let (first, _receiver) = state.ask(task(4));
    let (_, mut second) = state.ask(task(1));
    let ToWorker::Complete(number, _) = inboxes[0].try_recv().unwrap() else { panic!() };
    assert!(inboxes[0].try_recv().is_err(), "the second waits");
    state.cancel(first);
    assert_eq!(inboxes[0].try_recv(), Ok(ToWorker::Cancel(number)));
    // What was under way is ignored.
    state.take(0, FromWorker::Completed(number, 0, completion("late"))).unwrap();
    answer(&mut state, 0, &mut inboxes[0]);
    assert_eq!(texts(&mut second), ["0"]);
    assert_eq!(state.workers[0].load, 0);
}

#[test]
fn a_worker_that_tells_too_much_is_at_fault() {
    let (mut state, mut inboxes) = running(&[4]);
    let (_, mut receiver) = state.ask(task(2));
    let ToWorker::Complete(number, _) = inboxes[0].try_recv().unwrap() else { panic!() };
    assert!(state.take(0, FromWorker::Loading(1.0)).is_err());
    state.take(0, FromWorker::Completed(number, 1, completion("b"))).unwrap();
    assert!(state.take(0, FromWorker::Completed(number, 1, completion("b"))).is_err());
    assert!(state.take(0, FromWorker::Completed(number, 2, completion("c"))).is_err());
    assert!(state.take(0, FromWorker::Completed(number, u32::MAX, completion("c"))).is_err());
    let score = Score { prompt_tokens: 1, tokens: Vec::new() };
    assert!(state.take(0, FromWorker::Scored(number, score)).is_err());
    state.take(0, FromWorker::Refused(number, RequestError::Empty)).unwrap();
    assert_eq!(receiver.try_recv().unwrap().unwrap_err(), ModelError::Refused(RequestError::Empty));
    assert_eq!(state.workers[0].load, 0);
}
