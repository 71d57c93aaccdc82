import { html, jsonForScript } from '#src/report/sections.js';

test('text is escaped, HTML is not', () => {
  const name = `<img src=x onerror="alert('1')">&`;
  const escaped = '&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;';
  expect(html`<p title="${name}">${name} ${3}</p>`.html).toBe(`<p title="${escaped}">${escaped} 3</p>`);
  const items = [1, 2].map((n) => html`<li>${n}</li>`);
  expect(html`${items}`.html).toBe('<li>1</li>\n<li>2</li>');
});

test('no JSON ends the script element that it stands in, or opens a comment', () => {
  const value = { text: '</script><!-- <script> ]]>' };
  const { html: json } = jsonForScript(value);
  expect(json).not.toContain('<');
  expect(JSON.parse(json)).toEqual(value);
});
