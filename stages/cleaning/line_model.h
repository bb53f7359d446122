// LineModel: which lines of a page are chrome, judged by their words, their shape and their
// neighbours.
//
// A small convolutional network over the lines of a page. Each line is the mean of its words'
// embeddings beside its numbers (line_features.h), brought to one width; then come residual
// convolutions of growing dilation, so that a line is judged by what stands around it; a last sum
// gives one score a line. Weights come from a file that stages/data/train_line_model.py writes;
// stages/data/line_model.md says from what and how good it is.
//
// Only float additions and multiplications in one order: the same scores on every machine.
#ifndef COPYDESK_CLEANING_LINE_MODEL_H_
#define COPYDESK_CLEANING_LINE_MODEL_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "cleaning/line_features.h"
#include "copydesk/result.h"

namespace copydesk::cleaning {

// Immutable and shared by all threads once parsed.
class LineModel {
 public:
  // What score() needs besides; reused between pages.
  struct Scratch {
    std::vector<float> input;
    std::vector<std::int32_t> sums;
    std::vector<float> from;
    std::vector<float> to;
  };

  // Reads a model file. Everything is checked before use: sizes, order, finite numbers, checksum.
  // `name` is for messages. Error (kInvalidArgument): not a model of this version, or damaged.
  static Result<LineModel> parse(std::string_view bytes, std::string_view name);

  // Writes one score a line to `scores`: the higher, the more likely chrome. Cost: about
  // hidden x (numbers + hidden x kernel x layers) multiplications a line.
  void score(const LineFeatures& features, Scratch& scratch, std::vector<float>& scores) const;

  // How likely a line of this score is chrome, in [0, 1]; learned on pages of hosts that the
  // weights had not seen, never falls as the score rises.
  [[nodiscard]] float probability(float score) const;

  // The score from which lines go so that about this share of the content is lost over a
  // collection of full pages, [0, 1]. 0: no line reaches it.
  [[nodiscard]] float threshold(double max_content_loss) const;

 private:
  struct Layer {
    std::uint32_t dilation = 1;
    std::vector<float> weights;  // kernel x hidden in x stride out
    std::vector<float> bias;
  };
  // A piecewise linear function by its knots, ascending in both; flat outside.
  struct Knots {
    std::vector<float> x;
    std::vector<float> y;

    [[nodiscard]] float at(float value) const;
  };

  LineModel() = default;
  void build_index();
  [[nodiscard]] std::uint32_t row_of(std::uint32_t token) const;
  // Writes the mean embedding of `tokens` to the beginning of scratch.input.
  void embed(std::span<const std::uint32_t> tokens, Scratch& scratch) const;

  std::uint32_t width_ = 0;   // of an embedding
  std::uint32_t hidden_ = 0;  // of what is convolved
  std::uint32_t kernel_ = 0;
  std::size_t stride_ = 0;            // hidden_ rounded up; rows of weights and lines are so long
  std::vector<std::uint32_t> words_;  // known tokens, ascending; row 0 stands for all others
  std::vector<std::int8_t> embeddings_;  // (words + 1) x width
  std::vector<float> embedding_scale_;   // by component
  std::vector<std::uint32_t> index_;     // open-addressing table of row numbers, 0: free
  std::vector<float> first_;             // (width + kLineNumbers) x hidden
  std::vector<float> first_bias_;
  std::vector<Layer> layers_;
  std::vector<float> last_;
  float last_bias_ = 0;
  Knots probability_;
  Knots threshold_;  // of the share of content that is lost
};

// The model that is compiled in.
[[nodiscard]] std::string_view builtin_line_model();

}  // namespace copydesk::cleaning

#endif  // COPYDESK_CLEANING_LINE_MODEL_H_
