// Writes line model files for tests: any sizes, any numbers.
#ifndef COPYDESK_TESTS_SUPPORT_MODEL_FILE_H_
#define COPYDESK_TESTS_SUPPORT_MODEL_FILE_H_

#include <xxhash.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "cleaning/line_features.h"

namespace copydesk::testing {

struct ModelFile {
  struct Layer {
    std::uint32_t dilation = 1;
    std::vector<float> weights;  // kernel x hidden x hidden
    std::vector<float> bias;
  };

  std::uint32_t version = cleaning::kLineFeatureVersion;
  std::uint32_t numbers = cleaning::kLineNumbers;
  std::uint32_t width = 1;
  std::uint32_t hidden = 1;
  std::uint32_t kernel = 3;
  std::vector<std::uint32_t> words;
  std::vector<std::int8_t> embeddings = {0};
  std::vector<float> scale = {1};
  std::vector<float> first = std::vector<float>(1 + cleaning::kLineNumbers);
  std::vector<float> first_bias = {0};
  std::vector<Layer> layers;
  std::vector<float> last = {1};
  float last_bias = 0;
  std::vector<float> probability_x = {-4, 4};
  std::vector<float> probability_y = {0, 1};
  std::vector<float> threshold_x = {0, 0.1F};
  std::vector<float> threshold_y = {4, 0};

  // The file with its checksum.
  [[nodiscard]] std::string bytes() const {
    std::string out = "copydesk line model 1\n";
    for (const std::size_t n : {std::size_t{version}, std::size_t{numbers}, words.size(),
                                std::size_t{width}, std::size_t{hidden}, std::size_t{kernel},
                                layers.size(), probability_x.size(), threshold_x.size()}) {
      add(out, static_cast<std::uint32_t>(n));
    }
    add_all(out, words);
    add_all(out, embeddings);
    add_all(out, scale);
    add_all(out, first);
    add_all(out, first_bias);
    for (const Layer& layer : layers) {
      add(out, layer.dilation);
      add_all(out, layer.weights);
      add_all(out, layer.bias);
    }
    add_all(out, last);
    add(out, last_bias);
    add_all(out, probability_x);
    add_all(out, probability_y);
    add_all(out, threshold_x);
    add_all(out, threshold_y);
    return sealed(std::move(out));
  }

  static std::string sealed(std::string out) {
    const std::uint64_t checksum = XXH3_64bits(out.data(), out.size());
    add(out, checksum);
    return out;
  }

 private:
  template <class T>
  static void add(std::string& out, const T& value) {
    char raw[sizeof value];
    std::memcpy(raw, &value, sizeof value);
    out.append(raw, sizeof value);
  }
  template <class T>
  static void add_all(std::string& out, const std::vector<T>& values) {
    for (const T& value : values) add(out, value);
  }
};

}  // namespace copydesk::testing

#endif  // COPYDESK_TESTS_SUPPORT_MODEL_FILE_H_
