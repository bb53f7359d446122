// Stages: what is done to documents. The engine knows only these two interfaces.
//
// A stage object is made once for a run by its StageSpec and shared by all workers; `const` is its
// promise of thread-safety, and what changes lives in Local objects. A stage sees one document at a
// time, does no I/O, and says what it wants; the engine moves batches, applies edits, counts and
// writes the audit. For one input the outcome must not depend on threads, batch size or which
// Local was handed over.
#ifndef COPYDESK_STAGE_H_
#define COPYDESK_STAGE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "copydesk/document.h"
#include "copydesk/edits.h"
#include "copydesk/findings.h"
#include "copydesk/result.h"
#include "copydesk/scratch.h"
#include "copydesk/stage_state.h"

namespace copydesk {

// What one worker may change while it runs one stage: scratch space that is reused.
class Local {
 public:
  virtual ~Local() = default;
};

class Stage {
 public:
  virtual ~Stage() = default;

  // Scratch for process(); null if the stage needs none. One worker uses it at a time.
  [[nodiscard]] virtual std::unique_ptr<Local> make_local() const { return nullptr; }

  // Looks at one document and says what it wants done to it. `local` comes from make_local().
  // Called in parallel. Not called for documents that were dropped or rejected earlier.
  virtual Verdict process(const Document& document, Local* local, Edits& edits,
                          DocumentFindings& findings) const = 0;
};

// Pure per document.
class DocumentStage : public Stage {};

// What one batch of documents told a corpus stage; merged in input order.
class Observation {
 public:
  virtual ~Observation() = default;
};

// The documents as a corpus stage saw them, for verification after all were observed.
class Corpus {
 public:
  virtual ~Corpus() = default;

  // Number of ordinals: every input record, dropped and rejected ones included.
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  // Whether the document was observed and no stage has dropped it since.
  [[nodiscard]] virtual bool alive(std::uint64_t doc) const = 0;
  // Reads a document back, with its living text. Thread-safe. Cost: one read of its bytes.
  [[nodiscard]] virtual Result<Document> read(std::uint64_t doc) const = 0;
  // The id of a document. Thread-safe. Cost: a short read.
  [[nodiscard]] virtual Result<std::string> read_id(std::uint64_t doc) const {
    COPYDESK_ASSIGN_OR_RETURN(const Document document, read(doc));
    return document.id();
  }
  // Runs fn(0) … fn(n - 1) on all workers, in any order, and returns when all are done. Results
  // must go to places of their own so that the order cannot matter. Stops early and returns the
  // error of the smallest failed index if any call fails.
  virtual Result<void> parallel_for(std::size_t n,
                                    const std::function<Result<void>(std::size_t)>& fn) const = 0;
};

// Needs to see all documents before it can decide on any: first observe() all of them, then
// combine(), then finalize() once, then process() each one. Or, of a run that goes on after it was
// interrupted: use_scratch(), load(), then process().
//
// Consecutive corpus stages observe in the same pass unless one of them edits text (StageSpec).
class CorpusStage : public Stage {
 public:
  // Called once, before anything is observed or loaded. What combine() has to keep of each document
  // belongs into files of `scratch`, which lives until finalize() or load() has returned.
  virtual void use_scratch(ScratchSpace& /*scratch*/) {}
  [[nodiscard]] virtual std::unique_ptr<Observation> make_observation() const = 0;
  // Notes what the stage needs of one document. Called in parallel, each batch with its own
  // observation, documents of a batch in input order.
  virtual void observe(const Document& document, Observation& observation) const = 0;
  // Takes over what a batch told. Called by one thread at a time, batches in input order, while
  // other batches are still being observed; must not touch what observe() reads.
  virtual Result<void> combine(Observation& observation) = 0;
  // Called once after the last combine(). Writes pairs, clusters, … to `sink` and may drop
  // documents. Earlier corpus stages of the same pass were finalized before.
  virtual Result<void> finalize(const Corpus& corpus, FindingsSink& sink) = 0;

  // Writes what process() needs after finalize(). The bytes depend on the same as the outcome: on
  // input and options, not on threads or batches.
  virtual Result<void> save(StateWriter& state) const = 0;
  // Takes back what save() of a stage with the same options wrote, all of it, in place of observing
  // and finalize(): process() does the same from then on. kCorrupt if it cannot be what save()
  // writes, as far as process() relies on it; the object is then of no more use.
  virtual Result<void> load(StateReader& state) = 0;
};

}  // namespace copydesk

#endif  // COPYDESK_STAGE_H_
