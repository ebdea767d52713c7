using System.Net;
using System.Text;

namespace PaymentOrchestrator.Sandbox.Consent;

/// <summary>A tick box; ticked unless the buyer takes the tick away.</summary>
internal sealed record ConsentBox(string Name, string Label);

/// <summary>One of several things to choose from.</summary>
internal sealed record ConsentChoice(string Value, string Label);

/// <summary>The page on which the simulated buyer decides: plain HTML without scripts, everything from outside escaped.</summary>
internal sealed record ConsentPage(string Provider, string Title, string Text)
{
    /// <summary>Says that the form was shown, so that an absent box means "unticked" and not "not asked".</summary>
    private const string ShownMarker = "boxes_shown";

    public IReadOnlyList<ConsentBox> Boxes { get; init; } = [];

    public string? ChoiceName { get; init; }

    public IReadOnlyList<ConsentChoice> Choices { get; init; } = [];

    public string? Problem { get; init; }

    /// <summary>The form goes back to the very address of the page, query string included.</summary>
    public IResult ToResult()
    {
        var html = new StringBuilder(Head());
        if (Problem is not null)
            html.Append("<p class=problem>").Append(Escape(Problem)).Append("</p>");
        html.Append("<form method=post>");
        foreach (var box in Boxes)
            html.Append($"<label><input type=checkbox name=\"{Escape(box.Name)}\" value=true checked> {Escape(box.Label)}</label>");
        foreach (var (choice, index) in Choices.Select((choice, index) => (choice, index)))
        {
            html.Append($"<label><input type=radio name=\"{Escape(ChoiceName ?? "")}\" value=\"{Escape(choice.Value)}\"");
            html.Append(index == 0 ? " checked> " : "> ").Append(Escape(choice.Label)).Append("</label>");
        }

        html.Append($"<input type=hidden name={ShownMarker} value=true>");
        html.Append("<p><button name=decision value=approve>Approve</button> <button name=decision value=refuse>Refuse</button></p></form></main>");
        return Html(html.ToString(), StatusCodes.Status200OK);
    }

    /// <summary>A page without a form, for what can't be decided (any more).</summary>
    public static IResult Notice(string provider, string title, string text, int status = StatusCodes.Status400BadRequest) =>
        Html(new ConsentPage(provider, title, text).Head() + "</main>", status);

    public static bool IsTicked(IFormCollection form, string box) => !form.ContainsKey(ShownMarker) || form.ContainsKey(box);

    private string Head() =>
        $$"""
        <!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content="width=device-width, initial-scale=1">
        <title>{{Escape(Title)}}</title>
        <style>
        body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f3f4f6;color:#111}
        main{max-width:30rem;margin:3rem auto;padding:1.5rem 2rem;background:#fff;border-radius:8px;overflow-wrap:anywhere}
        label{display:block;margin:.4rem 0}button{font:inherit;padding:.4rem 1.2rem}small{color:#555}.problem{color:#b00020}
        </style>
        <main><small>{{Escape(Provider)}} (sandbox: no real account, no real money)</small><h1>{{Escape(Title)}}</h1><p>{{Escape(Text)}}</p>
        """;

    private static IResult Html(string html, int status) =>
        Results.Text(html, "text/html; charset=utf-8", Encoding.UTF8, status);

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
