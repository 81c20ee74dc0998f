//! The thread that loads the index and keeps it up to date.

use std::sync::mpsc::Receiver;
use std::sync::{Arc, PoisonError, Weak};

use groma_database::rusqlite;
use groma_embedding::EmbedderKind;
use groma_model::ThingId;
use groma_search::Index;

use super::{SearchIndex, Stage, document, embeddings};
use crate::feed::Fed;
use crate::things;

/// Things read at a time.
const PAGE: usize = 1_000;

/// Starts it. It ends when the index is dropped or told to forget.
pub(super) fn start(search: &Arc<SearchIndex>) -> std::io::Result<()> {
    let weak = Arc::downgrade(search);
    let fed = search.inventory.feed.listen();
    let run = move || {
        let ended = keep(&weak, fed);
        if let Some(search) = weak.upgrade() {
            let stage = match ended {
                Ok(()) => Stage::Idle,
                Err(error) => {
                    tracing::error!(%error, "the search index could not be loaded");
                    Stage::Failed(error.to_string())
                }
            };
            *search.started.lock().unwrap_or_else(PoisonError::into_inner) = false;
            *search.index.write().unwrap_or_else(PoisonError::into_inner) = Arc::default();
            search.stage.send_replace(stage);
        }
    };
    std::thread::Builder::new().name("search-index".to_owned()).spawn(run).map(drop)
}

fn keep(search: &Weak<SearchIndex>, mut fed: Receiver<Vec<Fed>>) -> Result<(), crate::InventoryError> {
    loop {
        let Some(live) = search.upgrade() else { return Ok(()) };
        let index = Arc::new(Index::new());
        // While a picture is made anew, the old one is shown.
        live.load(&index, &fed)?;
        drop(live);
        loop {
            let Ok(news) = fed.recv() else { return Ok(()) };
            let Some(live) = search.upgrade() else { return Ok(()) };
            live.take(&index, news);
            if live.inventory.feed.lost() {
                fed = live.inventory.feed.listen();
                break;
            }
        }
    }
}

impl SearchIndex {
    fn load(&self, index: &Arc<Index>, fed: &Receiver<Vec<Fed>>) -> Result<(), crate::InventoryError> {
        let connection = self.inventory.database.reader()?;
        let mut after = None;
        loop {
            let mut page = Vec::with_capacity(PAGE);
            let keyring = &self.inventory.keyring;
            let last =
                things::all(&connection, keyring, after, PAGE, |thing| page.push(thing)).map_err(read)?;
            index.upsert(page.into_iter().map(|thing| document::document(thing, self.usual_name)).collect());
            self.catch_up(index, fed);
            match last {
                Some(last) => after = Some(last),
                None => break,
            }
        }
        *self.index.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(index);
        self.advance(Stage::Names);
        index.build_words();
        self.catch_up(index, fed);
        self.advance(Stage::Words);
        self.load_meanings(index, &connection, fed)?;
        self.advance(Stage::Whole);
        Ok(())
    }

    /// Goes on to a stage; a picture that is made anew does not go back.
    fn advance(&self, stage: Stage) {
        self.stage.send_if_modified(|now| {
            let further = *now < stage;
            if further {
                *now = stage;
            }
            further
        });
    }

    fn load_meanings(
        &self,
        index: &Index,
        connection: &rusqlite::Connection,
        fed: &Receiver<Vec<Fed>>,
    ) -> Result<(), crate::InventoryError> {
        let embedder = self.embedder();
        let mut after: Option<ThingId> = None;
        loop {
            let last = match embedder.kind() {
                EmbedderKind::Model => {
                    let keyring = &self.inventory.keyring;
                    let page =
                        embeddings::page(connection, keyring, embedder.id(), after, PAGE).map_err(read)?;
                    let last = page.last().map(|(id, _)| *id);
                    index.set_vectors(page);
                    last
                }
                EmbedderKind::Lexical => {
                    let mut page = Vec::new();
                    let keyring = &self.inventory.keyring;
                    let last = things::all(connection, keyring, after, PAGE, |thing| page.push(thing))
                        .map_err(read)?;
                    self.learn_spelling(index, &page);
                    last
                }
            };
            self.catch_up(index, fed);
            match last {
                Some(last) => after = Some(last),
                None => return Ok(()),
            }
        }
    }

    /// Gives things vectors of their spelling, which are not kept: they are made as fast as they are read.
    fn learn_spelling(&self, index: &Index, things: &[things::Thing]) {
        let embedder = self.embedder();
        if embedder.kind() != EmbedderKind::Lexical {
            return;
        }
        let texts: Vec<String> = things.iter().map(|thing| document::text(thing, self.usual_name)).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        match embedder.embed(&texts) {
            Ok(vectors) => index.set_vectors(things.iter().map(|thing| thing.id).zip(vectors).collect()),
            Err(error) => tracing::warn!(%error, "things get no vectors of their spelling"),
        }
    }

    /// Takes in what was committed by now.
    fn catch_up(&self, index: &Index, fed: &Receiver<Vec<Fed>>) {
        while let Ok(news) = fed.try_recv() {
            self.take(index, news);
        }
    }

    fn take(&self, index: &Index, news: Vec<Fed>) {
        let (mut changed, mut seen, mut back, mut gone) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for fed in news {
            match fed {
                Fed::Changed(thing) => changed.push(*thing),
                Fed::Seen(id, at) => seen.push((id, at.micros())),
                Fed::SeenBefore(id, at) => back.push((id, at.micros())),
                Fed::Forgotten(id) => gone.push(id),
            }
        }
        let words: Vec<_> =
            changed.iter().cloned().map(|thing| document::document(thing, self.usual_name)).collect();
        index.upsert(words);
        self.learn_spelling(index, &changed);
        // What a thing is when it is changed knows who saw it before; who saw it again since comes after.
        index.seen(&seen);
        index.seen_before(&back);
        index.remove(&gone);
    }
}

fn read(error: rusqlite::Error) -> crate::InventoryError {
    crate::InventoryError::Storage(error.to_string())
}
