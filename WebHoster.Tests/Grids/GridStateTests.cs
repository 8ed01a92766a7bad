using WebHoster.Web.Grids;
using Xunit;

namespace WebHoster.Tests.Grids;

[Trait("Category", "Unit")]
public sealed class GridStateTests
{
    private const string Path = "http://localhost/admin/hostings";

    [Theory]
    [InlineData("", 1, 50, "-created_at", false)]
    [InlineData("?page=3&size=100&sort=slug", 3, 100, "slug", false)]
    [InlineData("?q=ada&status=running&page=2", 2, 50, "-created_at", true)]
    [InlineData("?q=&status=%20", 1, 50, "-created_at", false)]
    [InlineData("?page=0&size=7", 1, 50, "-created_at", false)]
    [InlineData("?page=-3&size=many", 1, 50, "-created_at", false)]
    [InlineData("?page=99999999999", 1, 50, "-created_at", false)]
    public void TheAddressIsTheState(string query, int page, int size, string sort, bool filtered)
    {
        var state = GridState.Of(Path + query, "-created_at");
        Assert.Equal((page, size, sort, filtered), (state.Page, state.Size, state.Sort, state.IsFiltered));
    }

    [Fact]
    public void AnotherFilterOrOrderBeginsOnItsFirstPageAndKeepsTheRest()
    {
        var state = GridState.Of($"{Path}?q=ada&page=4&size=25", "-created_at");
        Assert.Equal("/admin/hostings?q=ada&size=25&status=failed", state.With("status", "failed"));
        Assert.Equal("/admin/hostings?q=ada&size=25&page=5", state.With("page", 5));
        Assert.Equal("/admin/hostings?q=ada&size=25", state.With("page", 1));
        Assert.Equal("/admin/hostings?size=25", state.With("q", null));
        Assert.Equal("/admin/hostings?size=25", state.Unfiltered);
    }

    [Fact]
    public void AFormTakesAlongWhatItHasNoFieldFor() => Assert.Equal(
        ["owner_id", "sort"], GridState.Of($"{Path}?q=ada&owner_id=7&sort=slug&page=3", "").Beside(["q", "status"]).Select(v => v.Key));

    [Fact]
    public void AColumnIsSortedByAndThenTheOtherWayRound()
    {
        var state = GridState.Of(Path, "-created_at");
        Assert.Equal(("/admin/hostings?sort=created_at", "descending"), (state.SortedBy("-created_at"), state.Order("created_at")));
        Assert.Equal(("/admin/hostings?sort=slug", null), (state.SortedBy("slug"), state.Order("slug")));
        var sorted = GridState.Of($"{Path}?sort=slug", "-created_at");
        Assert.Equal(("/admin/hostings?sort=-slug", "ascending"), (sorted.SortedBy("slug"), sorted.Order("slug")));
    }

    [Fact]
    public void WhatFiltersGoesOnAsTheApiReadsItAndPagesDoNot() => Assert.Equal(
        ["q", "sort", "status"], GridState.Of($"{Path}?q=a%26b&status=running&page=2&size=25&sort=slug&limit=9&cursor=x", "").Query.Keys.Order());
}
