#include "reuse/stock.h"

#include <gtest/gtest.h>

namespace copydesk::reuse {
namespace {

TEST(OutletHash, TellsOutletsApart) {
  EXPECT_EQ(outlet_hash(""), 0U);
  EXPECT_NE(outlet_hash("tide.example"), 0U);
  EXPECT_EQ(outlet_hash("tide.example"), outlet_hash("tide.example"));
  EXPECT_NE(outlet_hash("tide.example"), outlet_hash("elm.example"));
}

TEST(StockLanguage, EverywhereOrInOneOutlet) {
  StockLanguage stock;
  EXPECT_TRUE(stock.empty());
  stock.add(9);
  stock.add(5);
  stock.add(7, 1001);
  stock.sort();
  EXPECT_FALSE(stock.empty());
  EXPECT_EQ(stock.everywhere(), 2U);
  EXPECT_EQ(stock.of_outlets(), 1U);
  for (const std::uint64_t outlet : {0U, 1001U, 1002U}) {
    EXPECT_TRUE(stock.contains(5, outlet));
    EXPECT_TRUE(stock.contains(9, outlet));
    EXPECT_FALSE(stock.contains(6, outlet));
    EXPECT_EQ(stock.contains(7, outlet), outlet == 1001);
  }
}

}  // namespace
}  // namespace copydesk::reuse
