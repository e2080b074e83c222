// The head of the writing room: which manuscript is open, and how texts come in and go out. Files may also be dropped.
(() => {
  const writing = (Studio.writing ||= {}), { h, fill } = Studio;
  const ENDINGS = ".docx,.odt,.epub,.html,.htm,.xhtml,.md,.markdown,.txt";
  const FORMS = [["docx", "Word (docx)"], ["epub", "Book (epub)"], ["md", "Markdown"], ["txt", "Plain text"], ["html", "Web page (html)"]];
  const NOTES = [["none", "Nothing is added"], ["plain", "In plain words"], ["kdp", "For Kindle Direct Publishing"], ["copyright", "For the US Copyright Office"]];

  writing.head = (ctx, root) => {
    const picker = h("select", { "aria-label": "Manuscript", class: "which" }), copies = h("select", { "aria-label": "Copy of this manuscript", class: "which" });
    const copyLabel = h("label", { class: "copies", hidden: true }, "Copy ", copies);
    const act = (label, call, attrs = {}) => h("button", { type: "button", onclick: call, ...attrs }, label);
    picker.addEventListener("change", () => (picker.value === "+" ? ctx.create() : ctx.open(picker.value)));
    copies.addEventListener("change", () => ctx.open(ctx.state().piece, copies.value));
    const file = h("input", { type: "file", accept: ENDINGS, class: "visually-hidden", tabindex: "-1", "aria-hidden": "true" });
    file.addEventListener("change", () => { if (file.files[0]) ctx.bring(file.files[0]); file.value = ""; });
    root.append(
      h("div", { class: "piece" }, h("label", {}, h("span", { class: "visually-hidden" }, "Manuscript"), picker),
        act(Studio.icon("pen"), renaming, { class: "quiet", "aria-label": "Rename this manuscript", title: "Rename" }),
        act(Studio.icon("bin"), ctx.trying(trash), { class: "quiet", "aria-label": "Move this manuscript to the trash", title: "To the trash" }), copyLabel),
      h("div", { class: "ways" }, file, act("Open a file", () => file.click()), act("Export", exporting, { class: "export" }),
        act(["Keep", h("span", { class: "wide" }, " this version")], () => ctx.keep(), { class: "keep", "aria-label": "Keep this version", title: "Ctrl+S" })));

    async function draw(state) {
      const { manuscripts } = await ctx.get(`sessions/${state.session}/manuscripts`);
      if (ctx.state()?.piece !== state.piece) return;
      fill(picker, ...manuscripts.map((one) => h("option", { value: one.id }, one.title)), h("option", { value: "+" }, "New manuscript …"));
      picker.value = state.piece;
      copyLabel.hidden = state.copies.length < 2;
      fill(copies, ...state.copies.map((one) => h("option", { value: one.id }, one.title)));
      copies.value = state.working;
    }
    let drawn = "";
    ctx.on("state", (state) => {
      const key = [state.piece, state.title, state.working, ...state.copies.map((one) => one.id + one.title)].join("|");
      if (key !== drawn) { drawn = key; draw(state).catch(() => { drawn = ""; }); }
    });

    function renaming() {
      const { title, manuscript, piece } = ctx.state();
      const name = h("input", { value: title, maxlength: "200" }), author = h("input", { value: manuscript.author, maxlength: "300" });
      const dialog = ctx.dialog("Title and author", h("form", { class: "stacked", method: "dialog", onsubmit: ctx.trying(async (e) => {
        e.preventDefault();
        dialog.close();
        if (name.value.trim() && name.value !== title) { await ctx.put("title", name.value.trim()); await ctx.post(`manuscripts/${piece}/rename`, { title: name.value.trim() }); }
        if (author.value !== manuscript.author) await ctx.put("author", author.value.trim());
        await ctx.open(piece, ctx.state().working);
      }) }, h("label", {}, "Title", name), h("label", {}, "Author, as the book shall name them", author), h("button", { type: "submit", class: "primary" }, "Save")));
      name.select();
    }
    async function trash() {
      const { piece, session } = ctx.state();
      await ctx.settle();
      await ctx.post(`manuscripts/${piece}/trash`);
      const { manuscripts: left } = await ctx.get(`sessions/${session}/manuscripts`);
      if (left.length) await ctx.open(left[left.length - 1].id); else await ctx.create();
      const undo = ctx.trying(async () => { await ctx.post(`manuscripts/${piece}/restore`); await ctx.open(piece); });
      ctx.say("The manuscript is in the trash.", { act: h("button", { type: "button", class: "quiet", onclick: undo }, "Put it back") });
    }
    function exporting() {
      const form = h("select", { "aria-label": "Form of the file" }, FORMS.map(([id, label]) => h("option", { value: id }, label)));
      const note = h("select", { "aria-label": "A page that says who wrote it" }, NOTES.map(([id, label]) => h("option", { value: id }, label)));
      const link = h("a", { class: "button primary", download: "" }, "Download");
      const aim = () => link.setAttribute("href", `studio/writing/copies/${ctx.state().working}/export/${form.value}?disclosure=${note.value}`);
      form.addEventListener("change", aim);
      note.addEventListener("change", aim);
      link.addEventListener("click", async (e) => {
        if (!ctx.desk.pending().length) return;
        e.preventDefault();
        await ctx.trying(async () => { await ctx.settle(); link.click(); })();
      });
      aim();
      ctx.dialog("Export", h("div", { class: "stacked" }, h("label", {}, "As", form), h("label", {}, "A page that says who wrote it", note), link));
      form.focus();
    }
  };

  // Files that are dropped anywhere in the room are opened; words that are dropped go where they fall.
  writing.dropping = (ctx) => {
    const files = (e) => [...(e.dataTransfer?.types || [])].includes("Files");
    ctx.root.addEventListener("dragover", (e) => { if (files(e)) { e.preventDefault(); ctx.root.classList.add("dropping"); } });
    ctx.root.addEventListener("dragleave", (e) => { if (!ctx.root.contains(e.relatedTarget)) ctx.root.classList.remove("dropping"); });
    ctx.root.addEventListener("drop", (e) => {
      ctx.root.classList.remove("dropping");
      if (!files(e)) return;
      e.preventDefault();
      if (e.dataTransfer.files[0]) ctx.bring(e.dataTransfer.files[0]);
    });
    // Whose words a file holds cannot be seen in it.
    ctx.bring = (file) => {
      const say = (maker) => () => { dialog.close(); bring(file, maker); };
      const dialog = ctx.dialog("Open a file", h("p", {}, `Whose words are in “${file.name}”? The count of who wrote what begins with that.`),
        h("div", { class: "acts" }, h("button", { type: "button", class: "primary", onclick: say("human") }, "I wrote it"), h("button", { type: "button", onclick: say("pasted") }, "It is somebody else’s")));
      dialog.querySelector(".primary").focus();
    };
    const bring = ctx.trying(async (file, maker) => {
      await ctx.settle();
      const into = ctx.state()?.empty ? `&working=${encodeURIComponent(ctx.state().working)}` : "";
      const next = await ctx.send(`sessions/${ctx.session()}/import?name=${encodeURIComponent(file.name)}&maker=${maker}${into}`, file);
      ctx.load(next, { keepUndo: true });
      ctx.say([`“${next.title}” is open: ${next.words.toLocaleString()} words.`, ...(next.notices || [])].join(" "));
    });
  };
})();
