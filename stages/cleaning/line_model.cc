#include "cleaning/line_model.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

#include "cleaning/convolve.h"

namespace copydesk::cleaning {
namespace {

constexpr std::string_view kMagic = "copydesk line model 1\n";
constexpr std::uint32_t kMaxWidth = 64;
constexpr std::uint32_t kMaxHidden = 256;
constexpr std::uint32_t kMaxKernel = 15;
constexpr std::uint32_t kMaxLayers = 16;
constexpr std::uint32_t kMaxDilation = 256;
constexpr std::uint32_t kMaxWords = 1U << 22;
constexpr std::uint32_t kMaxKnots = 1024;
constexpr float kMostValue = 1e4F;  // of a weight or a knot

// Takes little-endian values from a string, and remembers if there were too few.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  std::uint32_t number() {
    std::vector<std::uint32_t> one = list<std::uint32_t>(1);
    return one.empty() ? 0 : one[0];
  }
  template <class T>
  std::vector<T> list(std::size_t n) {
    static_assert(std::endian::native == std::endian::little, "model files are little-endian");
    if (n > bytes_.size() / sizeof(T)) {
      short_ = true;
      bytes_ = {};
      return {};
    }
    std::vector<T> values(n);
    if (n > 0) std::memcpy(values.data(), bytes_.data(), n * sizeof(T));
    bytes_.remove_prefix(n * sizeof(T));
    return values;
  }
  std::vector<float> floats(std::size_t n) {
    std::vector<float> values = list<float>(n);
    for (const float value : values) bounded_ = bounded_ && std::abs(value) <= kMostValue;
    return values;
  }
  // Everything read was there, no number is out of range (or none), and nothing is left.
  [[nodiscard]] bool good() const { return !short_ && bounded_ && bytes_.empty(); }

 private:
  std::string_view bytes_;
  bool short_ = false;
  bool bounded_ = true;
};

// One residual layer, lines x stride to lines x stride.
struct Convolution {
  std::size_t lines;
  std::size_t hidden;
  std::size_t stride;
  std::size_t kernel;
  std::size_t dilation;
};

void convolve(const Convolution& shape, const std::vector<float>& weights,
              const std::vector<float>& bias, const std::vector<float>& from,
              std::vector<float>& to) {
  const std::size_t back = shape.kernel / 2 * shape.dilation;
  for (std::size_t i = 0; i < shape.lines; ++i) {
    const float* own = &from[i * shape.stride];
    float* out = &to[i * shape.stride];
    for (std::size_t block = 0; block < shape.stride; block += kSumBlock) {
      std::array<WeighedRow, kMaxKernel> rows;
      std::size_t count = 0;
      for (std::size_t tap = 0; tap < shape.kernel; ++tap) {
        const std::size_t shifted = i + tap * shape.dilation;
        if (shifted < back || shifted - back >= shape.lines) continue;  // beyond the page: zeros
        rows[count++] = {{&from[(shifted - back) * shape.stride], shape.hidden},
                         &weights[tap * shape.hidden * shape.stride + block]};
      }
      sum_block(&bias[block], {rows.data(), count}, shape.stride, out + block);
      for (std::size_t h = block; h < block + kSumBlock; ++h) out[h] += own[h];
    }
  }
}

// Rows of `hidden` values, each filled up with zeros to `stride`.
std::vector<float> padded(const std::vector<float>& values, std::size_t hidden,
                          std::size_t stride) {
  std::vector<float> out(values.size() / hidden * stride);
  for (std::size_t i = 0; i < values.size(); ++i) out[i / hidden * stride + i % hidden] = values[i];
  return out;
}

}  // namespace

float LineModel::Knots::at(float value) const {
  if (!(value > x.front())) return y.front();
  if (value >= x.back()) return y.back();
  const auto i = static_cast<std::size_t>(std::upper_bound(x.begin(), x.end(), value) - x.begin());
  return y[i - 1] + (y[i] - y[i - 1]) * ((value - x[i - 1]) / (x[i] - x[i - 1]));
}

Result<LineModel> LineModel::parse(std::string_view bytes, std::string_view name) {
  const auto fault = [&](std::string_view what) {
    return Error{ErrorCode::kInvalidArgument, fmt::format("{}: {}", name, what)};
  };
  if (!bytes.starts_with(kMagic)) return fault("not a line model of this version");
  std::uint64_t checksum = 0;
  if (bytes.size() < kMagic.size() + sizeof checksum) return fault("the line model is cut short");
  std::memcpy(&checksum, bytes.data() + bytes.size() - sizeof checksum, sizeof checksum);
  bytes.remove_suffix(sizeof checksum);
  if (XXH3_64bits(bytes.data(), bytes.size()) != checksum) {
    return fault("the line model is damaged: its checksum is wrong");
  }
  Reader from(bytes.substr(kMagic.size()));
  if (from.number() != kLineFeatureVersion || from.number() != kLineNumbers) {
    return fault("the line model was trained on other features than these");
  }
  LineModel model;
  const std::uint32_t words = from.number();
  model.width_ = from.number();
  model.hidden_ = from.number();
  model.kernel_ = from.number();
  const std::uint32_t layers = from.number();
  const std::uint32_t probability_knots = from.number();
  const std::uint32_t threshold_knots = from.number();
  const auto within = [](std::uint32_t n, std::uint32_t least, std::uint32_t most) {
    return n >= least && n <= most;
  };
  if (!within(words, 0, kMaxWords) || !within(model.width_, 1, kMaxWidth) ||
      !within(model.hidden_, 1, kMaxHidden) || !within(model.kernel_, 1, kMaxKernel) ||
      model.kernel_ % 2 == 0 || !within(layers, 0, kMaxLayers) ||
      !within(probability_knots, 2, kMaxKnots) || !within(threshold_knots, 2, kMaxKnots)) {
    return fault("the line model has sizes out of range");
  }
  const std::size_t hidden = model.hidden_;
  model.words_ = from.list<std::uint32_t>(words);
  model.embeddings_ = from.list<std::int8_t>((std::size_t{words} + 1) * model.width_);
  model.embedding_scale_ = from.floats(model.width_);
  model.first_ = from.floats((model.width_ + kLineNumbers) * hidden);
  model.first_bias_ = from.floats(hidden);
  for (std::uint32_t i = 0; i < layers; ++i) {
    Layer layer;
    layer.dilation = from.number();
    if (!within(layer.dilation, 1, kMaxDilation)) return fault("a dilation is out of range");
    layer.weights = from.floats(model.kernel_ * hidden * hidden);
    layer.bias = from.floats(hidden);
    model.layers_.push_back(std::move(layer));
  }
  model.last_ = from.floats(hidden);
  const std::vector<float> last_bias = from.floats(1);
  model.probability_.x = from.floats(probability_knots);
  model.probability_.y = from.floats(probability_knots);
  model.threshold_.x = from.floats(threshold_knots);
  model.threshold_.y = from.floats(threshold_knots);
  if (!from.good()) return fault("the line model does not hold the numbers that it says");
  model.last_bias_ = last_bias[0];
  model.stride_ = (hidden + kSumBlock - 1) / kSumBlock * kSumBlock;
  model.first_ = padded(model.first_, hidden, model.stride_);
  model.first_bias_ = padded(model.first_bias_, hidden, model.stride_);
  for (Layer& layer : model.layers_) {
    layer.weights = padded(layer.weights, hidden, model.stride_);
    layer.bias = padded(layer.bias, hidden, model.stride_);
  }
  const auto out_of_order = [](const auto& values) {
    return !std::is_sorted(values.begin(), values.end());
  };
  const std::vector<std::uint32_t>& known = model.words_;
  const std::vector<float>& chances = model.probability_.y;
  if (out_of_order(known) || std::adjacent_find(known.begin(), known.end()) != known.end() ||
      out_of_order(model.probability_.x) || out_of_order(chances) || chances.front() < 0 ||
      chances.back() > 1 || out_of_order(model.threshold_.x) ||
      !std::is_sorted(model.threshold_.y.rbegin(), model.threshold_.y.rend())) {
    return fault("the line model has tables out of order");
  }
  model.build_index();
  return model;
}

void LineModel::build_index() {
  index_.assign(std::bit_ceil(words_.size() * 2 + 2), 0);
  for (std::size_t i = 0; i < words_.size(); ++i) {
    std::size_t slot = words_[i] & (index_.size() - 1);
    while (index_[slot] != 0) slot = (slot + 1) & (index_.size() - 1);
    index_[slot] = static_cast<std::uint32_t>(i) + 1;
  }
}

std::uint32_t LineModel::row_of(std::uint32_t token) const {
  std::size_t slot = token & (index_.size() - 1);
  while (index_[slot] != 0 && words_[index_[slot] - 1] != token) {
    slot = (slot + 1) & (index_.size() - 1);
  }
  return index_[slot];
}

float LineModel::probability(float score) const { return probability_.at(score); }

float LineModel::threshold(double max_content_loss) const {
  const auto share = static_cast<float>(max_content_loss);
  if (!(share > 0) || share < threshold_.x.front()) return std::numeric_limits<float>::infinity();
  return threshold_.at(share);
}

void LineModel::score(const LineFeatures& features, Scratch& scratch,
                      std::vector<float>& scores) const {
  const std::size_t lines = features.lines.size();
  scratch.input.resize(width_ + kLineNumbers);
  scratch.from.assign(lines * stride_, 0.0F);
  scratch.to.resize(lines * stride_);
  scratch.sums.resize(width_);

  for (std::size_t i = 0; i < lines; ++i) {
    embed(features.tokens_of(i), scratch);
    const std::span<const float> numbers = features.numbers_of(i);
    std::copy(numbers.begin(), numbers.end(), scratch.input.begin() + width_);
    float* out = &scratch.from[i * stride_];
    for (std::size_t block = 0; block < stride_; block += kSumBlock) {
      const WeighedRow row{scratch.input, &first_[block]};
      sum_block(&first_bias_[block], {&row, 1}, stride_, out + block);
    }
  }

  for (const Layer& layer : layers_) {
    convolve({lines, hidden_, stride_, kernel_, layer.dilation}, layer.weights, layer.bias,
             scratch.from, scratch.to);
    scratch.from.swap(scratch.to);
  }

  scores.resize(lines);
  for (std::size_t i = 0; i < lines; ++i) {
    float sum = last_bias_;
    for (std::size_t h = 0; h < hidden_; ++h) sum += scratch.from[i * stride_ + h] * last_[h];
    scores[i] = sum;
  }
}

void LineModel::embed(std::span<const std::uint32_t> tokens, Scratch& scratch) const {
  std::fill(scratch.sums.begin(), scratch.sums.end(), 0);
  for (const std::uint32_t token : tokens) {
    const std::int8_t* row = &embeddings_[std::size_t{row_of(token)} * width_];
    for (std::size_t k = 0; k < width_; ++k) scratch.sums[k] += row[k];
  }
  const auto count = static_cast<float>(std::max<std::size_t>(tokens.size(), 1));
  for (std::size_t k = 0; k < width_; ++k) {
    scratch.input[k] = static_cast<float>(scratch.sums[k]) * embedding_scale_[k] / count;
  }
}

}  // namespace copydesk::cleaning
