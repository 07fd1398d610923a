-- Makes of a documentation page what reads well as a manual page: a table becomes a list of terms, a link becomes its text.

local function has_text(blocks) return pandoc.utils.stringify(blocks) ~= "" end

local function inlines(blocks) return pandoc.utils.blocks_to_inlines(blocks) end

-- The first column of each row is a term, the others say what it is, each under its heading where it has one.
function Table(table)
  local simple = pandoc.utils.to_simple_table(table)
  local items = {}
  for _, row in ipairs(simple.rows) do
    local text = {}
    for column = 2, #row do
      if has_text(row[column]) then
        local heading = pandoc.utils.stringify(simple.headers[column] or {})
        local cell = inlines(row[column])
        if column > 2 and heading ~= "" then
          cell:insert(1, pandoc.Str(heading .. ": "))
        end
        text[#text + 1] = pandoc.Para(cell)
      end
    end
    items[#items + 1] = { inlines(row[1]), { text } }
  end
  return pandoc.DefinitionList(items)
end

function Link(link) return link.content end

-- Titles of pages are sections of the manual page, and their sections are subsections.
function Header(header)
  if header.level == 1 then header.content = pandoc.Str(pandoc.utils.stringify(header.content):upper()) end
  return header
end
